/* The Security page. It logs in with the session of the admin console, keeps the token in memory alone, and asks
   nobody but the server that it came from. */

const { base, realm: loginRealm } = document.documentElement.dataset;
const realm = new URLSearchParams(location.search).get("realm") || loginRealm;
const CLIENT = "security-admin-console";
const CONSOLE = `${location.origin}${base}admin/${encodeURIComponent(loginRealm)}/console/`;
const OPENID = `${base}realms/${encodeURIComponent(loginRealm)}/protocol/openid-connect`;
const API = `${base}admin/realms/${encodeURIComponent(realm)}/two-factor`;
const LOGIN_PATIENCE_MS = 15_000;
const NAMED_AT_MOST = 10;

const element = (id) => document.getElementById(id);

/** What the reader can do something about, as a sentence. */
class Problem extends Error {
  constructor(message, { logIn = false } = {}) {
    super(message);
    this.logIn = logIn;
  }
}

/* Logging in: authorization code with PKCE (RFC 7636), in a hidden frame that may run no script. */

const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function logIn() {
  if (!crypto.subtle) {
    throw new Problem("This page needs https: the browser offers no cryptography over plain http.");
  }
  const verifier = random();
  const state = random();
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const query = new URLSearchParams({
    client_id: CLIENT,
    redirect_uri: CONSOLE,
    response_type: "code",
    response_mode: "fragment",
    scope: "openid",
    prompt: "none",
    state,
    code_challenge: challenge,
    code_challenge_method: "S256",
  });
  const answer = await redirected(`${OPENID}/auth?${query}`);
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

/** Sends a frame to a URL and waits until it comes back to the console's address; the answer is in the fragment. */
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
      const at = new URL(frame.contentDocument?.location.href ?? "about:blank");
      if (`${at.origin}${at.pathname}` === CONSOLE) {
        clearTimeout(late);
        resolve(new URLSearchParams(at.hash.slice(1)));
      }
    });
    frame.src = url;
    document.body.append(frame);
  }).finally(() => frame.remove());
}

/* Asking the server. */

let token;

async function ask(path, options = {}) {
  token ??= await logIn();
  const send = () => fetch(API + path, { ...options, headers: { Authorization: `Bearer ${token}` } });
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

/* Showing. */

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
  element("since").textContent = status.enforced_at
    ? `Since ${new Date(status.enforced_at).toLocaleString()}, by ${status.enforced_by ?? "somebody unknown"}`
    : "";
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
  element("known").hidden = false;
}

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
    element("enforce").disabled = false;
    document.querySelector("main").setAttribute("aria-busy", "false");
  }
}

const load = () => working(async () => show(await ask("")));

const enforce = () =>
  working(async () => {
    element("done").textContent = "Enforcing …";
    name([]);
    try {
      const { users, failures } = await ask("/enforce", { method: "POST", body: JSON.stringify({ confirm: "Enforce 2FA" }) });
      element("done").textContent = `Marked now: ${people(users.marked)}.`;
      name(failures);
    } catch (error) {
      element("done").textContent = "";
      throw error;
    }
    show(await ask(""));
    element("state").tabIndex = -1;
    element("state").focus();
  });

element("realm").textContent = element("confirm-realm").textContent = realm;
element("enforce").addEventListener("click", () => {
  element("confirm").returnValue = "";
  element("confirm").showModal();
});
element("confirm").addEventListener("close", () => {
  if (element("confirm").returnValue === "enforce") {
    enforce();
  }
});
element("log-in").addEventListener("click", () => {
  // In a window beside: when its login is done, this one goes on by itself.
  window.open(CONSOLE, "_blank", "noopener");
  addEventListener("focus", load, { once: true });
});
load();
