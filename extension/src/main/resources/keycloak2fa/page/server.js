/* The realm's Admin API, the extension's endpoints among it. */

import * as login from "./login.js";
import { Problem } from "./problem.js";
import { has, say } from "./texts.js";

let realms;
let realm;

export function configure({ base, realm: name }) {
  realms = `${base}admin/realms`;
  realm = name;
}

/** One request to the realm's Admin API. The response is one that went well. */
export const request = (path, options) => send(`${realms}/${encodeURIComponent(realm)}${path}`, options);

async function send(url, { method = "GET", json, headers = {} } = {}) {
  const once = async () =>
    fetch(url, {
      method,
      headers: {
        ...headers,
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        Authorization: `Bearer ${await login.token()}`,
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    }).catch(() => {
      throw new Problem(say("problem.unreachable"));
    });
  let response = await once();
  if (response.status === 401) {
    login.distrust();
    response = await once();
  }
  if (!response.ok) {
    throw await refused(response);
  }
  return response;
}

export async function get(path) {
  return (await request(path)).json();
}

export const twoFactor = (path = "") => get(`/two-factor${path}`);

async function refused(response) {
  const { error: code = "", errorMessage } = await response.json().catch(() => ({}));
  return new Problem(sentence(response.status, code, errorMessage), { status: response.status, code });
}

function sentence(status, code, told) {
  if (has(`refused.${code}`)) {
    return say(`refused.${code}`);
  }
  if (told) {
    return told;
  }
  return has(`problem.${status}`) ? say(`problem.${status}`, { realm }) : say("problem.status", { status: String(status) });
}

/** Names of the realms that the administrator may see, in order. */
export async function listRealms() {
  const found = await (await send(`${realms}?briefRepresentation=true`)).json();
  return found.map((each) => each.realm).sort((one, other) => one.localeCompare(other));
}
