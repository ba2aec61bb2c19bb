/* The Security page: logs in, then shows one realm. Each part has a module of its own. */

import { chart } from "./chart.js";
import { alert, element, label, list, make, show } from "./dom.js";
import * as enforcement from "./enforcement.js";
import { findings } from "./findings.js";
import * as login from "./login.js";
import { LoginNeeded, Problem } from "./problem.js";
import * as realms from "./realms.js";
import { download } from "./report.js";
import { configure, twoFactor } from "./server.js";
import { learn, listed, moment, number, say } from "./texts.js";
import * as user from "./user.js";
import * as users from "./users.js";

const TO_LOOK = ["view-realm", "view-users"];
const TO_ENFORCE = ["manage-realm", "manage-users"];

const { page, issuer, here, client, locale, realm: loginRealm } = document.documentElement.dataset;
const base = page.slice(0, page.lastIndexOf("realms/"));

let realm;
let roles = new Set();
let status;
let following = false;

/** Runs something, and says what goes wrong. */
async function work(something) {
  show("problem", false);
  try {
    await something();
  } catch (problem) {
    complain(problem);
  }
}

function complain(problem) {
  const known = problem instanceof Problem;
  element("problem-text").replaceChildren(
    alert("danger", known ? problem.message : say("problem.bug", { error: String(problem) })),
  );
  show("log-in", problem instanceof LoginNeeded);
  show("problem", true);
}

async function start() {
  await learn(here, [locale, ...navigator.languages].filter(Boolean));
  document.title = say("title");
  login.configure({ client, issuer, page, tokenUrl: `${base}realms/${encodeURIComponent(loginRealm)}/protocol/openid-connect/token` });
  element("log-in").addEventListener("click", () => work(login.leave));
  await work(async () => {
    if (!(await login.arrive())) {
      await login.leave();
    }
    await load();
  });
  element("main").setAttribute("aria-busy", "false");
}

async function load() {
  realm = new URLSearchParams(location.search).get("realm") || loginRealm;
  configure({ base, realm });
  element("realm").textContent = realm;
  const me = await twoFactor("/caller");
  roles = new Set(me.roles);
  element("who").textContent = me.username;
  show("who", true);
  show("realms-open", me.other_realms);
  element("console").href = `${base}admin/${encodeURIComponent(loginRealm)}/console/#/${encodeURIComponent(realm)}/users`;
  const mayLook = may(TO_LOOK);
  show("known", mayLook);
  show("users-card", true);
  if (!mayLook) {
    element("limited").replaceChildren(alert("info", say("limited", { roles: listed(TO_LOOK), realm })));
    users.onlyVisible();
    await users.first();
    return;
  }
  draw(await twoFactor());
  await Promise.all([users.first(), find()]);
  if (status.state === "ENFORCING" && (await enforcement.underWay())) {
    await follow();
  } else if (status.state !== "OFF" && (status.users.uncovered || status.silent_storages.length)) {
    await tellLeftOver();
  }
}

/** Names who is still not covered, and why. */
async function tellLeftOver() {
  const left = await enforcement.leftOver();
  element("outcome").replaceChildren(...(left ? [left] : []));
}

/** Whether the reader has the roles; who may manage may view. */
const may = (wanted) => wanted.every((role) => roles.has(role) || roles.has(role.replace("view-", "manage-")));

const COLORS = { OFF: ["grey", "fas fa-unlock"], ENFORCING: ["orange", "fas fa-clock"], ON: ["green", "fas fa-lock"] };

function draw(now) {
  status = now;
  element("state").replaceChildren(`${say("state")} `, label(now.state, ...COLORS[now.state]));
  element("since").textContent = now.enforced_at
    ? say("since", { at: moment(now.enforced_at), by: now.enforced_by ?? say("somebody") })
    : "";
  element("chart").replaceChildren(chart(now.users));
  facts(now);
  const lacking = TO_ENFORCE.filter((role) => !roles.has(role));
  show("enforce", now.state !== "ON");
  element("enforce").disabled = lacking.length > 0 || following;
  element("enforce").textContent = say(now.state === "OFF" ? "enforce" : "enforce.finish");
  show("may-not", lacking.length > 0 && now.state !== "ON");
  element("may-not").textContent = say("may-not", { roles: listed(lacking), realm });
}

function facts(now) {
  const said = {
    policy: enforcement.policy(now.otp_policy),
    apps: now.apps.length ? list(now.apps) : say("none"),
    "new-users": say(now.new_users_covered ? "yes" : "no"),
    invitations: now.invitations.pending === null ? say("not-visible") : number(now.invitations.pending),
    exemptions: number(now.exemptions.length),
    "service-accounts": number(now.service_accounts),
  };
  element("facts").replaceChildren(
    ...Object.entries(said).map(([name, value]) =>
      make(
        "div",
        { class: "pf-v5-c-description-list__group" },
        make(
          "dt",
          { class: "pf-v5-c-description-list__term" },
          make("span", { class: "pf-v5-c-description-list__text" }, say(`fact.${name}`)),
        ),
        make(
          "dd",
          { class: "pf-v5-c-description-list__description" },
          make("div", { class: "pf-v5-c-description-list__text" }, value),
        ),
      ),
    ),
  );
}

const find = () => work(async () => element("findings").replaceChildren(await findings(base.slice(0, -1), realm)));

const enforce = () =>
  work(async () => {
    element("enforce").disabled = true;
    element("said").textContent = say("confirm.reading");
    await enforcement.prepare(status, roles).finally(() => {
      element("enforce").disabled = false;
      element("said").textContent = "";
    });
    const yes = await enforcement.confirmed();
    element("enforce").focus();
    if (yes) {
      element("outcome").replaceChildren();
      element("enforce").disabled = true;
      await enforcement.begin();
      await follow();
    }
  });

async function follow() {
  element("said").textContent = say("enforcing");
  const before = status.users.pending;
  following = true;
  element("enforce").disabled = true;
  const ended = await enforcement
    .follow(draw)
    .catch((problem) => {
      element("said").textContent = "";
      throw problem;
    })
    .finally(() => (following = false));
  // Counted anew, where the last figures are from before the end.
  draw(await twoFactor());
  element("said").textContent = say(ended.state === "ON" ? "enforced" : "enforced-in-part", {
    count: Math.max(0, status.users.pending - before),
  });
  await tellLeftOver();
  element("state").focus();
  await Promise.all([users.first(), find()]);
}

if (location.origin === new URL(page).origin) {
  element("enforce").addEventListener("click", enforce);
  element("confirm-no").addEventListener("click", () => element("confirm").close("cancel"));
  element("confirm-yes").addEventListener("click", () => element("confirm").close("enforce"));
  for (const kind of ["csv", "jsonl"]) {
    element(`report-${kind}`).addEventListener("click", () => work(() => download(realm, kind)));
  }
  realms.begin(work);
  users.begin((each) => user.open(each, roles), work);
  user.begin(async () => {
    await users.again();
    if (may(TO_LOOK)) {
      draw(await twoFactor());
    }
  });
  start();
} else {
  // Where the realm's administrators are at home, as `hostname-admin` says; nowhere else can they log in.
  location.replace(page + location.search);
}
