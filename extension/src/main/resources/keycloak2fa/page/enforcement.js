/* Enforcing: what the dialog tells before, the run on the server, and how far it is.
   The run is the server's. Whatever happens to a request or to this page, the realm's status says where it stands. */

import { alert, element, list, make, show } from "./dom.js";
import { LoginNeeded, Problem } from "./problem.js";
import { get, request, twoFactor } from "./server.js";
import { listed, number, say } from "./texts.js";

const LOOK_EVERY_MS = 1_000;
const LOOK_AT_LEAST_EVERY_MS = 10_000;

/** Looks in a row that see no run: between its claim and its first user, and where a node hands over, there is none. */
const SEEN_IDLE = 4;

const NAMED_AT_MOST = 10;
const CLIENTS_AT_ONCE = 500;

/**
 * Reads what the dialog tells.
 *
 * @param roles the reader's own in the realm
 */
export async function prepare(status, roles) {
  const [ahead, broken] = await Promise.all([twoFactor("/preview"), brokenClients(roles)]);
  element("confirm-text").replaceChildren(...facts(status, ahead, broken));
}

/** Asks the administrator, and resolves to whether they said yes. */
export async function confirmed() {
  const dialog = element("confirm");
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) =>
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "enforce"), { once: true }),
  );
}

/** An OTP policy in words. */
export const policy = ({ type, ...more }) => say("policy", { type: type.toUpperCase(), ...more });

function facts(status, ahead, broken) {
  const enforced = policy({ type: "totp", algorithm: "HmacSHA1", digits: 6, period: 30 });
  const said = [
    say("confirm.users", { count: ahead.users.to_mark, realm: status.realm }),
    say("confirm.new-users"),
    ...(ahead.invitations.pending ? [say("confirm.invitations", { count: ahead.invitations.pending })] : []),
    status.otp_policy.compatible
      ? say("confirm.policy-stays", { policy: enforced })
      : say("confirm.policy", { policy: enforced, now: policy(status.otp_policy) }),
    ...(ahead.users.exempt ? [say("confirm.exempt", { count: ahead.users.exempt })] : []),
    say("confirm.sessions"),
  ];
  return [
    list(said),
    broken && alert("warning", broken.title, make("p", {}, broken.text)),
    refusedUsers([...ahead.failures, ...silent(ahead)], say("confirm.failures", { count: ahead.failures.length })),
    make("p", {}, make("strong", {}, say("confirm.for-good"))),
  ].filter(Boolean);
}

/** Clients whose direct access grants will no longer do; undefined where there are none. */
async function brokenClients(roles) {
  if (!roles.has("view-clients") && !roles.has("manage-clients")) {
    return { title: say("confirm.clients-unknown"), text: say("confirm.clients-role") };
  }
  const found = [];
  for (let first = 0, page; !page || page.length === CLIENTS_AT_ONCE; first += CLIENTS_AT_ONCE) {
    page = await get(`/clients?first=${first}&max=${CLIENTS_AT_ONCE}`);
    found.push(...page.filter(grantsDirectly).map((client) => client.clientId));
  }
  return found.length
    ? { title: say("confirm.clients", { count: found.length }), text: firstOf(found) }
    : undefined;
}

const grantsDirectly = (client) => client.enabled && client.directAccessGrantsEnabled && !client.bearerOnly;

function firstOf(names) {
  const more = names.length - NAMED_AT_MOST;
  return listed([...names.slice(0, NAMED_AT_MOST), ...(more > 0 ? [say("more", { count: more })] : [])]);
}

const silent = ({ silent_storages: names }) =>
  names.map((username) => ({ username, reason: say("storage.silent"), fix: say("storage.silent-fix") }));

/** Users who cannot be marked, with why; undefined where there are none. */
export function refusedUsers(failures, title) {
  if (!failures.length) {
    return undefined;
  }
  const more = failures.length - NAMED_AT_MOST;
  return alert(
    "warning",
    title,
    list([
      ...failures.slice(0, NAMED_AT_MOST).map(({ username, reason, fix }) => `${username}: ${reason} ${fix}`),
      ...(more > 0 ? [say("more", { count: more })] : []),
    ]),
  );
}

/** Who is still without the set-up after a run, and why; undefined where nobody is. */
export async function leftOver() {
  const ahead = await twoFactor("/preview");
  const failures = [...ahead.failures, ...silent(ahead)];
  return refusedUsers(failures, say("left-over", { count: failures.length }));
}

/** Has the server begin a run. A run that somebody else began is as good. */
export async function begin() {
  try {
    await request("/two-factor/enforce", {
      method: "POST",
      json: { confirm: "Enforce 2FA" },
      headers: { Prefer: "respond-async" },
    });
  } catch (problem) {
    // No answer, or that of a proxy: the run may have begun all the same, and the status will tell.
    const unsure = problem instanceof Problem && !(problem instanceof LoginNeeded) && [0, 409, 502, 503, 504].includes(problem.status);
    if (!unsure) {
      throw problem;
    }
  }
}

/**
 * Shows how far the run is until it ends.
 *
 * @param seen told of every status
 */
export async function follow(seen) {
  let idle = 0;
  let wait = LOOK_EVERY_MS;
  draw({ done: 0, total: 0 });
  show("progress", true);
  try {
    for (;;) {
      const { lost, progress, status } = await look();
      wait = lost ? Math.min(2 * wait, LOOK_AT_LEAST_EVERY_MS) : LOOK_EVERY_MS;
      show("progress-lost", lost);
      if (status) {
        idle += 1;
        seen(status);
        if (status.state === "ON" || idle >= SEEN_IDLE) {
          return status;
        }
      } else if (!lost) {
        idle = 0;
        draw(progress);
      }
      await new Promise((wake) => setTimeout(wake, wait));
    }
  } finally {
    show("progress", false);
  }
}

/** How far the run is that is under way. */
export const underWay = () => twoFactor("/progress");

/** How far the run is; the status where none is under way; or that the server does not answer for now. */
async function look() {
  try {
    const progress = await underWay();
    return progress ? { lost: false, progress } : { lost: false, status: await twoFactor() };
  } catch (problem) {
    if (problem instanceof LoginNeeded || [401, 403, 404].includes(problem.status)) {
      throw problem;
    }
    return { lost: true };
  }
}

function draw(progress) {
  const { done, total } = progress;
  const share = total ? Math.min(100, Math.floor((100 * done) / total)) : 0;
  const bar = element("progress-bar");
  bar.setAttribute("aria-valuenow", share);
  bar.setAttribute("aria-valuetext", say("progress", { done, total }));
  element("progress-indicator").style.inlineSize = `${share}%`;
  element("progress-text").textContent = total ? say("progress", { done, total }) : say("progress.begins");
  element("progress-share").textContent = `${number(share)} %`;
}
