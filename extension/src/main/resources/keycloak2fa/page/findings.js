/* What the server finds by itself, and where the rest is found. */

import { alert, button, list, make } from "./dom.js";
import { twoFactor } from "./server.js";
import { has, listed, say } from "./texts.js";

/**
 * @param server its base URL
 * @param realm the realm's name
 */
export async function findings(server, realm) {
  const { findings: found, held, checked } = await twoFactor("/findings");
  return make(
    "div",
    { class: "stack" },
    ...(found.length ? found.map(finding) : [alert("success", say("findings.none"))]),
    ...(held.length ? [make("p", {}, say("findings.held")), list(held.map(({ id }) => say(`finding.${id}.title`)))] : []),
    make("p", {}, say("findings.checked", { names: listed(checked.map((id) => say(`finding.${id}.name`))) })),
    make("p", {}, say("findings.rest")),
    copied(`kc2fa verify --server-url ${quoted(server)} --realm ${quoted(realm)}`),
  );
}

const KINDS = { high: "danger", medium: "warning", low: "info" };

function finding({ id, severity, where }) {
  return alert(
    KINDS[severity],
    `${say(`severity.${severity}`)}: ${say(`finding.${id}.title`)}`,
    ...(where.length ? [list(where)] : []),
    ...(has(`finding.${id}.fix`) ? [make("p", {}, say(`finding.${id}.fix`))] : []),
  );
}

/** A command with a button that copies it. */
function copied(command) {
  const done = make("span", { class: "quiet", role: "status" });
  return make(
    "div",
    { class: "command" },
    make("code", { tabindex: "0" }, command),
    button(say("copy"), "secondary", {
      click: async () => {
        await navigator.clipboard.writeText(command);
        done.textContent = say("copied");
      },
    }),
    done,
  );
}

/** As a POSIX shell reads it. */
const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`);
