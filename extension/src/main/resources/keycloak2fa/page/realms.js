/* Which realm the page shows: an administrator of the server picks one. */

import { element, make } from "./dom.js";
import { listRealms } from "./server.js";
import { say } from "./texts.js";

const SHOWN_AT_MOST = 50;

let names;

export function begin(work) {
  element("realms-open").addEventListener("click", () =>
    work(async () => {
      names ??= await listRealms();
      element("realms-search").value = "";
      draw();
      element("realms").showModal();
    }),
  );
  element("realms-search").addEventListener("input", draw);
  element("realms-close").addEventListener("click", () => element("realms").close());
}

function draw() {
  const wanted = element("realms-search").value.trim().toLowerCase();
  const found = names.filter((name) => name.toLowerCase().includes(wanted));
  const more = found.length - SHOWN_AT_MOST;
  element("realms-list").replaceChildren(
    ...found.slice(0, SHOWN_AT_MOST).map((name) => make("li", {}, make("a", { href: `?${new URLSearchParams({ realm: name })}` }, name))),
    ...(more > 0 ? [make("li", {}, say("more", { count: more }))] : []),
  );
}
