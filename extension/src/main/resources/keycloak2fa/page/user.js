/* One user, and what can be done for them. The server decides who may do what, as its Admin API does. */

import { alert, button, element, make } from "./dom.js";
import { get, request } from "./server.js";
import { standingLabel } from "./standings.js";
import { details } from "./users.js";
import { day, moment, say } from "./texts.js";

const LONGEST_EXEMPTION_DAYS = 366;

let changed;

/** @param afterwards called when something was done for a user */
export function begin(afterwards) {
  changed = afterwards;
  element("user-close").addEventListener("click", () => element("user").close());
}

/** Opens the dialog of a user. */
export function open(user, roles) {
  element("user-heading").textContent = user.username;
  element("user-said").replaceChildren();
  element("user-facts").replaceChildren(...facts(user));
  element("user-actions").replaceChildren(...actions(user, roles).filter(Boolean));
  element("user").showModal();
}

function facts(user) {
  const said = {
    email: user.email ?? "–",
    standing: standingLabel(user.standing),
    details: details(user),
    actions: user.required_actions.join(", ") || "–",
    ...(user.exemption
      ? {
          reason: user.exemption.reason,
          approver: user.exemption.approver,
          expires: day(user.exemption.expires),
          given: say("user.given-by", { by: user.exemption.created_by, at: moment(user.exemption.created_at) }),
        }
      : {}),
    id: make("code", {}, user.user_id),
  };
  return Object.entries(said).map(([name, value]) =>
    make(
      "div",
      { class: "pf-v5-c-description-list__group" },
      make(
        "dt",
        { class: "pf-v5-c-description-list__term" },
        make("span", { class: "pf-v5-c-description-list__text" }, say(`user.${name}`)),
      ),
      make(
        "dd",
        { class: "pf-v5-c-description-list__description" },
        make("div", { class: "pf-v5-c-description-list__text" }, value),
      ),
    ),
  );
}

function actions(user, roles) {
  const mayExempt = roles.has("manage-realm") && roles.has("manage-users");
  return [
    action("reset", [field("reason", { required: true }), field("ticket")], "danger", (values) =>
      post(user, "/reset", values),
    ),
    user.standing !== "enrolled" && user.email && action("mail", [], "secondary", () => mail(user, roles)),
    mayExempt &&
      user.standing !== "exempt" &&
      action(
        "exempt",
        [
          field("reason", { required: true }),
          field("approver", { required: true }),
          field("expires", { required: true, type: "date", min: daysFromNow(0), max: daysFromNow(LONGEST_EXEMPTION_DAYS) }),
        ],
        "primary",
        (values) => post(user, "/exemption", values),
      ),
    mayExempt &&
      user.exemption &&
      action("end-exemption", [], "warning", () =>
        request(`${path(user)}/exemption`, { method: "DELETE" }),
      ),
  ];
}

const path = (user) => `/two-factor/users/${encodeURIComponent(user.user_id)}`;

const post = (user, what, json) => request(path(user) + what, { method: "POST", json });

/** Keycloak's own mail: its link leads the user through what they do not have yet. */
async function mail(user, roles) {
  const at = `/users/${encodeURIComponent(user.user_id)}`;
  const types = new Set((await get(`${at}/credentials`)).map((each) => each.type));
  const missing = [
    [!types.has("password") && !user.storage, "UPDATE_PASSWORD"],
    [!types.has("otp"), "CONFIGURE_TOTP"],
    [await mustVerifyEmail(at, roles), "VERIFY_EMAIL"],
  ];
  await request(`${at}/execute-actions-email`, {
    method: "PUT",
    json: missing.filter(([lacks]) => lacks).map(([, name]) => name),
  });
}

/**
 * Whether the link must verify the address: from Keycloak 26.8 on it does so only where it is told to, and a realm that
 * verifies addresses would send a second mail. Who may not view the realm cannot know.
 */
async function mustVerifyEmail(at, roles) {
  if (!["view-realm", "manage-realm"].some((role) => roles.has(role))) {
    return false;
  }
  if (!(await get("")).verifyEmail || (await get(at)).emailVerified) {
    return false;
  }
  const actions = await get("/authentication/required-actions");
  return actions.some(({ alias, enabled }) => alias === "VERIFY_EMAIL" && enabled);
}

/** A part of the dialog that opens to a form, whose button does something. */
function action(name, fields, kind, work) {
  const form = make(
    "form",
    {
      class: "pf-v5-c-form",
      submit: (event) => {
        event.preventDefault();
        carryOut(name, form, work);
      },
    },
    make("p", {}, say(`${name}.text`)),
    ...fields,
    make("div", { class: "pf-v5-c-form__actions" }, button(say(`${name}.button`), kind, { type: "submit" })),
  );
  return make("details", { class: "action", name: "action" }, make("summary", {}, say(`${name}.title`)), form);
}

async function carryOut(name, form, work) {
  const submit = form.querySelector("[type=submit]");
  submit.disabled = true;
  const said = element("user-said");
  said.replaceChildren();
  try {
    await work(Object.fromEntries([...new FormData(form)].map(([key, value]) => [key, value.trim()])));
    said.replaceChildren(alert("success", say(`${name}.done`)));
    form.closest("details").remove();
    await changed();
  } catch (problem) {
    said.replaceChildren(alert("danger", problem.message));
    submit.disabled = false;
  }
  said.focus();
}

function field(name, attributes = {}) {
  const id = `field-${name}-${crypto.randomUUID()}`;
  return make(
    "div",
    { class: "pf-v5-c-form__group" },
    make(
      "div",
      { class: "pf-v5-c-form__group-label" },
      make(
        "label",
        { class: "pf-v5-c-form__label", for: id },
        make("span", { class: "pf-v5-c-form__label-text" }, say(`field.${name}`)),
      ),
    ),
    make(
      "div",
      { class: "pf-v5-c-form__group-control" },
      make(
        "span",
        { class: "pf-v5-c-form-control" },
        make("input", { id, name, type: "text", maxlength: attributes.type ? null : 255, autocomplete: "off", ...attributes }),
      ),
    ),
  );
}

const daysFromNow = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
