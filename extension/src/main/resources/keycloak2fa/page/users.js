/* The table of users. The server searches and pages it; this module holds one page. */

import { button, element, make, show } from "./dom.js";
import { get, twoFactor } from "./server.js";
import { standingLabel } from "./standings.js";
import { day, say } from "./texts.js";

const PAGE = 20;
const TYPING_MS = 300;

let open;
let working;
let asked = 0;

/** Where each page begins: the place of the first is the empty one. */
let places = [""];

/**
 * @param openUser called with the user whom the reader picks
 * @param work runs something and says what goes wrong
 */
export function begin(openUser, work) {
  open = openUser;
  working = work;
  let typing;
  element("search").addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(first, TYPING_MS);
  });
  element("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    first();
  });
  element("standing").addEventListener("change", first);
  element("previous").addEventListener("click", () => {
    places.pop();
    again();
  });
  element("next").addEventListener("click", () => {
    places.push(element("next").dataset.place);
    again();
  });
}

/** Shows the first page of what the reader searches for. */
export function first() {
  places = [""];
  return again();
}

/** Shows the same page as it is now. */
export const again = () => working(load);

async function load() {
  const mine = ++asked;
  const table = element("users-table");
  table.setAttribute("aria-busy", "true");
  element("users-said").textContent = say("users.searching");
  try {
    const found = [];
    let page = { next: places.at(-1) };
    do {
      // The server looks for a while, then answers with what it has: it never walks through a million users for one page.
      page = await ask(page.next, PAGE - found.length);
      if (mine !== asked) {
        return;
      }
      found.push(...page.users);
    } while (page.next && found.length < PAGE);
    draw(found, page);
  } finally {
    if (mine === asked) {
      table.setAttribute("aria-busy", "false");
    }
  }
}

/** Asks for a page of users that begins at a place; {users, next, left_out}. */
let ask = (after, max) =>
  twoFactor(
    `/users?${new URLSearchParams({ search: element("search").value.trim(), standing: element("standing").value, after, max })}`,
  );

/**
 * For a reader who may not see everybody: Keycloak's own list has those whom they may see, by role or by a fine-grained
 * permission. It knows pages by number alone, and nothing of exemptions.
 */
export function onlyVisible() {
  show("standing-field", false);
  ask = async (after, max) => {
    const first = Number(after);
    const query = { search: element("search").value.trim(), first, max, briefRepresentation: false };
    const found = await get(`/users?${new URLSearchParams(query)}`);
    return { users: found.map(listed), next: found.length < max ? null : String(first + max), left_out: [] };
  };
}

/** A user of Keycloak's own list as one of ours. */
function listed({ id, username, email, enabled, totp, requiredActions = [] }) {
  const standing = totp ? "enrolled" : requiredActions.includes("CONFIGURE_TOTP") ? "asked" : "uncovered";
  return { user_id: id, username, email, enabled, standing, required_actions: requiredActions, storage: null, exemption: null };
}

function draw(users, { next, left_out: leftOut }) {
  element("users").replaceChildren(...users.map(row));
  show("users-table", users.length > 0);
  show("users-empty", !users.length);
  element("users-said").textContent = say("users.page", { count: users.length, page: places.length });
  element("previous").disabled = places.length === 1;
  element("next").disabled = !next;
  element("next").dataset.place = next ?? "";
  show("users-left-out", leftOut.length > 0);
  element("users-left-out").textContent = say("users.left-out", { storages: leftOut.join(", ") });
}

function row(user) {
  // Named roles: on a narrow screen the style sheet makes a grid of the table, which no longer says that it is one.
  const cell = (name, ...children) =>
    make("td", { role: "cell", class: "pf-v5-c-table__td", "data-label": say(`users.${name}`) }, ...children);
  return make(
    "tr",
    { role: "row", class: "pf-v5-c-table__tr" },
    cell("name", button(user.username, "link", { class: "pf-v5-c-button pf-m-link pf-m-inline", click: () => open(user) })),
    cell("email", user.email ?? "–"),
    cell("standing", standingLabel(user.standing)),
    cell("details", details(user)),
  );
}

/** What else is worth knowing of a user, in a few words. */
export function details(user) {
  const said = [
    user.exemption && user.standing === "exempt" && say("details.exempt", { expires: day(user.exemption.expires) }),
    user.exemption && user.standing !== "exempt" && say("details.exemption-over"),
    !user.enabled && say("details.disabled"),
    user.storage && say("details.storage", { name: user.storage }),
  ].filter(Boolean);
  return said.join(", ") || "–";
}
