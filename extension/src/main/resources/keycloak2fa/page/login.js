/* Logging in: OpenID Connect's authorization code with PKCE, state and nonce, by a redirect of the whole page.
   The tokens are in this module's memory alone. What must survive the redirect is in the tab's session storage, and is
   taken out of it before it is used. */

import { LoginNeeded, Problem } from "./problem.js";
import { say } from "./texts.js";

const KEPT = "two-factor-login";
const RENEW_BEFORE_MS = 20_000;

/** Keycloak's words where a required action keeps a token back. */
const NOT_SET_UP = "Account is not fully set up";

let place;
let tokens;
let renewal;

/**
 * Where to log in.
 *
 * @param client id of this page's client
 * @param issuer of the realm to log in to
 * @param page this page's own address, the only one that Keycloak sends an answer to
 * @param tokenUrl on this page's own host
 */
export function configure({ client, issuer, page, tokenUrl }) {
  place = { client, issuer, page, tokenUrl };
}

/** Leaves for the login page; what follows the page's address comes back with the answer. */
export async function leave() {
  if (!globalThis.crypto?.subtle) {
    throw new Problem(say("problem.https"));
  }
  const kept = { state: random(), nonce: random(), verifier: random(), search: location.search };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
  const query = new URLSearchParams({
    client_id: place.client,
    redirect_uri: place.page,
    response_type: "code",
    response_mode: "fragment",
    scope: "openid",
    state: kept.state,
    nonce: kept.nonce,
    code_challenge: base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(kept.verifier))),
    code_challenge_method: "S256",
    ui_locales: document.documentElement.lang,
  });
  location.replace(`${place.issuer}/protocol/openid-connect/auth?${query}`);
  return new Promise(() => {}); // The page is on its way out.
}

/**
 * Takes the answer of the login page, where the address carries one that this tab asked for.
 *
 * @returns whether there was one
 */
export async function arrive() {
  const answer = new URLSearchParams(location.hash.slice(1));
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!answer.has("state")) {
    return false;
  }
  sessionStorage.removeItem(KEPT);
  const asked = kept !== null && kept.state === answer.get("state");
  history.replaceState(null, "", place.page + (asked ? kept.search : location.search));
  if (!asked) {
    return false; // Of another tab, or made up by somebody else.
  }
  if (answer.has("error") || answer.get("iss") !== place.issuer) {
    throw new LoginNeeded(say("problem.login", { error: answer.get("error_description") ?? answer.get("error") ?? "iss" }));
  }
  const given = await redeem({
    grant_type: "authorization_code",
    redirect_uri: place.page,
    code: answer.get("code"),
    code_verifier: kept.verifier,
  });
  const { nonce, iss, aud } = claims(given.id_token);
  if (nonce !== kept.nonce || iss !== place.issuer || aud !== place.client) {
    throw new LoginNeeded(say("problem.login", { error: "nonce" }));
  }
  keep(given);
  return true;
}

/** An access token that holds for some seconds yet. Whoever asks meanwhile waits for the same renewal. */
export async function token() {
  if (!tokens) {
    throw new LoginNeeded(say("problem.no-login"));
  }
  if (tokens.until - Date.now() > RENEW_BEFORE_MS) {
    return tokens.access;
  }
  renewal ??= redeem({ grant_type: "refresh_token", refresh_token: tokens.refresh })
    .then(keep)
    .finally(() => (renewal = undefined));
  await renewal;
  return tokens.access;
}

/** After the server refused it: the next one is a new one. */
export function distrust() {
  if (tokens) {
    tokens.until = 0;
  }
}

function keep(given) {
  // A token whose whole life is shorter than the time before its end would be renewed all the time.
  const life = Math.max(given.expires_in * 1000, RENEW_BEFORE_MS + 5_000);
  tokens = { access: given.access_token, refresh: given.refresh_token, until: Date.now() + life };
}

async function redeem(form) {
  const response = await fetch(place.tokenUrl, {
    method: "POST",
    body: new URLSearchParams({ client_id: place.client, ...form }),
  });
  if (response.ok) {
    return response.json();
  }
  const { error_description: why } = await response.json().catch(() => ({}));
  if (response.status !== 400 && response.status !== 401) {
    throw new Problem(say("problem.unreachable"), { status: response.status });
  }
  tokens = undefined;
  throw new LoginNeeded(say(why === NOT_SET_UP ? "problem.enrol" : "problem.session-ended"));
}

const claims = (jwt) => JSON.parse(new TextDecoder().decode(bytes(jwt.split(".")[1])));

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));

const base64url = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=/g, "");

const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
