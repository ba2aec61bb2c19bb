/* The Security page. It logs in with the session of the admin console, keeps the token in memory alone, and asks
   nobody but the server that it came from. */

const { base, realm: loginRealm } = document.documentElement.dataset;
const realm = new URLSearchParams(location.search).get("realm") || loginRealm;
const CLIENT = "security-admin-console";
const CONSOLE = `${location.origin}${base}admin/${encodeURIComponent(loginRealm)}/console/`;
const OPENID = `${base}realms/${encodeURIComponent(loginRealm)}/protocol/openid-connect`;
const ADMIN = `${base}admin/realms/${encodeURIComponent(realm)}`;
const API = `${ADMIN}/two-factor`;
const WHO_AM_I = `${base}admin/${encodeURIComponent(loginRealm)}/console/whoami?currentRealm=${encodeURIComponent(realm)}`;
const LOGIN_PATIENCE_MS = 15_000;
const LOOK_AT_LOGIN_EVERY_MS = 300;
const NAMED_AT_MOST = 10;
const CLIENTS_AT_ONCE = 500;
const TO_ENFORCE = ["manage-realm", "manage-users"];
const POLICY = "TOTP, HmacSHA1, 6 digits, 30 seconds";
const PROGRESS_EVERY_MS = 1_000;

const element = (id) => document.getElementById(id);

/** What the reader can do something about, as a sentence. */
class Problem extends Error {
  constructor(message, { logIn = false } = {}) {
    super(message);
    this.logIn = logIn;
  }
}

/* Logging in: authorization code with PKCE (RFC 7636), in a hidden frame that may run no script. It needs the session
   of the admin console, which a window beside begins where there is none. */

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** An authorization request: its URL, and what its answer is checked and redeemed with. */
async function request(more = {}) {
  if (!crypto.subtle) {
    throw new Problem("This page needs https: the browser offers no cryptography over plain http.");
  }
  const verifier = random();
  const state = random();
  const query = new URLSearchParams({
    client_id: CLIENT,
    redirect_uri: CONSOLE,
    response_type: "code",
    response_mode: "fragment",
    scope: "openid",
    ...more,
    state,
    code_challenge: base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
    code_challenge_method: "S256",
  });
  return { url: `${OPENID}/auth?${query}`, state, verifier };
}

async function logIn() {
  const { url, state, verifier } = await request({ prompt: "none" });
  const answer = await redirected(url);
  if (answer.get("state") !== state || !answer.has("code")) {
    throw new Problem("You are not logged in to the admin console of this realm.", { logIn: true });
  }
  const response = await fetch(`${OPENID}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: CLIENT,
      redirect_uri: CONSOLE,
      code: answer.get("code"),
      code_verifier: verifier,
    }),
  });
  if (!response.ok) {
    throw new Problem("Keycloak gives no token for the admin console's session.", { logIn: true });
  }
  return (await response.json()).access_token;
}

/** The answer in the fragment of an address, once that is the console's; undefined before. */
function answerAt(place) {
  const at = new URL(place?.href ?? "about:blank");
  return `${at.origin}${at.pathname}` === CONSOLE ? new URLSearchParams(at.hash.slice(1)) : undefined;
}

/** Sends a frame to a URL and waits until it comes back to the console's address. */
function redirected(url) {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.setAttribute("sandbox", "allow-same-origin");
  return new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Problem("The login does not answer. Log in to the admin console, then try again.", { logIn: true })),
      LOGIN_PATIENCE_MS,
    );
    frame.addEventListener("load", () => {
      const answer = answerAt(frame.contentDocument?.location);
      if (answer) {
        clearTimeout(late);
        resolve(answer);
      }
    });
    frame.src = url;
    document.body.append(frame);
  }).finally(() => frame.remove());
}

/** Has somebody log in in a window beside, and closes it once they are: the session is what is wanted of it. */
async function beginSession(beside) {
  if (!beside) {
    throw new Problem("The browser lets no window open. Log in to the admin console, then reload this page.", { logIn: true });
  }
  beside.location.replace((await request()).url);
  while (!isDone(beside)) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AT_LOGIN_EVERY_MS));
  }
  beside.close();
  focus();
}

function isDone(beside) {
  try {
    return beside.closed || answerAt(beside.location) !== undefined;
  } catch {
    return false; // At an identity provider on another host, whose address nobody else may read.
  }
}

/* Asking the server. */

let token;

const ask = (path, options) => get(API + path, options);

async function get(url, options = {}) {
  token ??= await logIn();
  const send = () => fetch(url, { ...options, headers: { Authorization: `Bearer ${token}` } });
  let response = await send();
  if (response.status === 401) {
    token = await logIn();
    response = await send();
  }
  if (!response.ok) {
    throw await refused(response);
  }
  return response.json();
}

async function refused(response) {
  const answer = await response.json().catch(() => ({}));
  const sentences = {
    403: `Your account may not do this. To look needs view-realm and view-users of realm ${realm}, to enforce manage-realm and manage-users.`,
    404: `There is no realm ${realm} here, or your account may not see it.`,
  };
  return new Problem(answer.errorMessage ?? sentences[response.status] ?? `Keycloak answers ${response.status}.`);
}

/**
 * The admin roles that the reader has in the realm: the token need not tell them, the console's own endpoint does.
 * Undefined where that does not answer: then the server says what it refuses, as it does in any case.
 */
const myRoles = () =>
  get(WHO_AM_I).then(
    ({ realm_access: access }) => new Set(access[realm] ?? []),
    () => undefined,
  );

/** What direct access grants will no longer do, as a sentence; empty where no client has them. */
async function brokenGrants() {
  if (roles && !roles.has("view-clients") && !roles.has("manage-clients")) {
    return "Clients with direct access grants were not looked for: your account lacks view-clients.";
  }
  const found = [];
  for (let first = 0, page; !page || page.length === CLIENTS_AT_ONCE; first += CLIENTS_AT_ONCE) {
    page = await get(`${ADMIN}/clients?first=${first}&max=${CLIENTS_AT_ONCE}`);
    found.push(...page.filter(grantsDirectly).map((client) => client.clientId));
  }
  if (!found.length) {
    return "";
  }
  const more = found.length - NAMED_AT_MOST;
  const named = found.slice(0, NAMED_AT_MOST).join(", ") + (more > 0 ? ` and ${number(more)} more` : "");
  return `Logins by direct access grant will fail for users without OTP, and need the parameter totp for users with it. Clients that have it on: ${named}.`;
}

const grantsDirectly = (client) => client.enabled && client.directAccessGrantsEnabled && !client.bearerOnly;

/* Showing. */

let roles;
let policy;
let mayEnforce = false;

const STANDINGS = [
  ["enrolled", "enrolled", "enrolled"],
  ["asked", "pending", "asked at the next login"],
  ["uncovered", "uncovered", "not asked"],
  ["exempt", "exempt", "exempt"],
];

const number = (count) => count.toLocaleString("en");
const people = (count) => (count === 1 ? "1 person" : `${number(count)} people`);

function show(status) {
  element("state").querySelector("strong").textContent = status.state;
  element("since").hidden = !status.enforced_at;
  if (status.enforced_at) {
    const time = element("since").querySelector("time");
    time.dateTime = time.title = status.enforced_at;
    time.textContent = moment(status.enforced_at);
    element("since").querySelector("span").textContent = status.enforced_by ?? "somebody unknown";
  }
  draw(status.users);
  element("invitations").textContent =
    status.invitations.pending === null ? "not visible to you" : number(status.invitations.pending);
  element("new-users").textContent = status.new_users_covered ? "yes" : "no";
  element("apps").textContent = status.apps.join(", ") || "none";
  element("drift").hidden = !status.drift.length;
  element("drift").querySelector("ul").replaceChildren(
    ...status.drift.map(({ setting, before, after }) => item(`${setting} is ${before}, and was set to ${after}`)),
  );
  element("confirm-people").textContent = people(status.users.uncovered);
  element("enforce").hidden = status.state === "ON";
  const lacking = TO_ENFORCE.filter((role) => roles && !roles.has(role));
  mayEnforce = !lacking.length;
  element("may-not").hidden = mayEnforce || status.state === "ON";
  element("may-not").textContent = `To enforce, your account needs ${lacking.join(" and ")} of realm ${realm}.`;
  policy = status.otp_policy;
  element("known").hidden = false;
}

/** A moment with its zone: readers sit elsewhere than the server. */
const moment = (text) =>
  new Date(text).toLocaleString(undefined, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });

function draw(users) {
  const shown = STANDINGS.filter(([, key]) => users[key] > 0);
  let x = 0;
  element("picture").replaceChildren(
    ...shown.map(([name, key]) => {
      const width = (1000 * users[key]) / users.total;
      const bar = document.createElementNS("http://www.w3.org/2000/svg", "rect");
      Object.entries({ class: name, x, width, height: 40 }).forEach((attribute) => bar.setAttribute(...attribute));
      x += width;
      return bar;
    }),
  );
  const words = shown.map(([name, key, said]) => [name, `${number(users[key])} ${said}`]);
  element("picture").setAttribute("aria-label", words.map(([, said]) => said).join(", ") || "nobody");
  element("legend").replaceChildren(
    ...words.map(([name, said]) => item(said, name)),
    item(`${number(users.total)} in all`, "all"),
  );
}

function item(text, name = "") {
  const li = document.createElement("li");
  li.textContent = text;
  li.className = name;
  return li;
}

/** Lists who could not be marked and why, the first of them by name. */
function name(failures) {
  const more = failures.length - NAMED_AT_MOST;
  element("failures").hidden = !failures.length;
  element("failures").querySelector("ul").replaceChildren(
    ...failures.slice(0, NAMED_AT_MOST).map(({ username, reason }) => item(`${username}: ${reason}`)),
    ...(more > 0 ? [item(`and ${number(more)} more`)] : []),
  );
}

/** Runs something that may take a while, and says what goes wrong. */
async function working(work) {
  document.querySelector("main").setAttribute("aria-busy", "true");
  element("enforce").disabled = true;
  element("problem").hidden = element("log-in").hidden = true;
  try {
    await work();
  } catch (error) {
    element("problem").textContent = error instanceof Problem ? error.message : `Keycloak cannot be reached: ${error.message}`;
    element("problem").hidden = false;
    element("log-in").hidden = !error.logIn;
  } finally {
    element("enforce").disabled = !mayEnforce;
    document.querySelector("main").setAttribute("aria-busy", "false");
  }
}

const load = () =>
  working(async () => {
    const status = await ask("");
    roles = await myRoles();
    show(status);
  });

/** Fills in what the dialog warns of, and opens it. */
const confirm = () =>
  working(async () => {
    const { type, algorithm, digits, period, compatible } = policy;
    const now = `${type.toUpperCase()}, ${algorithm}, ${digits} digits, ${period} seconds`;
    element("confirm-policy").textContent = compatible
      ? `The OTP policy stays ${POLICY}.`
      : `The OTP policy becomes ${POLICY}. It is ${now} now.`;
    const grants = await brokenGrants();
    element("confirm-grants").textContent = grants;
    element("confirm-grants").hidden = !grants;
    element("confirm").returnValue = "";
  }).then(() => {
    // Cancel leads back to the button, which was off while the clients were read.
    element("enforce").focus();
    if (element("problem").hidden) {
      element("confirm").showModal();
    }
  });

/** Shows how far the run is until it ends. A question that fails is asked again: the run itself says what goes wrong. */
async function follow(run) {
  let ended = false;
  run.finally(() => (ended = true)).catch(() => {});
  while (!ended) {
    await new Promise((wake) => setTimeout(wake, PROGRESS_EVERY_MS));
    const { progress } = ended ? {} : await ask("").catch(() => ({}));
    if (!ended && progress) {
      element("progress").hidden = false;
      element("progress").max = progress.total;
      element("progress").value = progress.done;
      element("done").textContent = `Enforcing … ${number(progress.done)} of ${people(progress.total)}`;
    }
  }
  element("progress").hidden = true;
}

const enforce = () =>
  working(async () => {
    element("done").textContent = "Enforcing …";
    name([]);
    try {
      const run = ask("/enforce", { method: "POST", body: JSON.stringify({ confirm: "Enforce 2FA" }) });
      follow(run);
      const { users, failures, silent_storages: silent } = await run;
      element("done").textContent = `Marked now: ${people(users.marked)}.`;
      name([...failures, ...silent.map((username) => ({ username, reason: "this user storage does not answer" }))]);
    } catch (error) {
      element("done").textContent = "";
      throw error;
    }
    show(await ask(""));
    element("state").tabIndex = -1;
    element("state").focus();
  });

element("realm").textContent = element("confirm-realm").textContent = realm;
element("enforce").addEventListener("click", confirm);
element("confirm").addEventListener("close", () => {
  if (element("confirm").returnValue === "enforce") {
    enforce();
  }
});
element("log-in").addEventListener("click", () => {
  // Opened at once: after a wait it would be a pop-up that browsers block.
  const beside = window.open("about:blank", "_blank", "popup,width=640,height=720");
  working(() => beginSession(beside)).then(() => element("problem").hidden && load());
});
load();
