/* How many users stand where: a bar for each standing, on a track as long as all users. */

import { icon, make } from "./dom.js";
import { STANDINGS } from "./standings.js";
import { moment, number, percent, say } from "./texts.js";

/** @param users the `users` of a status */
export function chart(users) {
  return make(
    "div",
    {},
    make("ul", { class: "chart" }, ...STANDINGS.map((standing) => row(standing, users))),
    make("p", { class: "quiet" }, say("chart.total", { count: users.total, at: moment(users.counted_at) })),
  );
}

function row({ name, figure, icon: iconName }, users) {
  const count = users[figure];
  const share = users.total ? count / users.total : 0;
  const bar = make("div", { class: `bar ${name}` });
  // The policy of this page forbids style attributes; this is not one.
  bar.style.inlineSize = `${100 * share}%`;
  return make(
    "li",
    {},
    make("span", { class: `mark ${name}` }, icon(iconName)),
    make("span", { class: "name" }, say(`chart.${name}`)),
    make("span", { class: "count" }, number(count)),
    make("span", { class: "share quiet" }, percent(share)),
    make("div", { class: "track", "aria-hidden": "true" }, bar),
  );
}
