/* The few things that every part of the page does with the document. Text is set as text alone, never as HTML. */

export const element = (id) => document.getElementById(id);

/**
 * An element with attributes and children.
 * An attribute that is a function listens to the event of its name; null, undefined and false leave one out.
 */
export function make(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      made.addEventListener(name, value);
    } else if (value !== null && value !== undefined && value !== false) {
      made.setAttribute(name, value === true ? "" : value);
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A PatternFly icon, which says nothing that the text beside it does not say. */
export const icon = (name) => make("i", { class: name, "aria-hidden": "true" });

export const button = (text, kind, attributes = {}) =>
  make("button", { type: "button", class: `pf-v5-c-button pf-m-${kind}`, ...attributes }, text);

/** A PatternFly label: coloured, with an icon, and always with a text. */
export const label = (text, color, iconName) =>
  make(
    "span",
    { class: `pf-v5-c-label pf-m-${color}` },
    make(
      "span",
      { class: "pf-v5-c-label__content" },
      make("span", { class: "pf-v5-c-label__icon" }, icon(iconName)),
      make("span", { class: "pf-v5-c-label__text" }, text),
    ),
  );

/** An alert in the flow of the page. */
export function alert(kind, title, ...children) {
  const icons = {
    danger: "fas fa-exclamation-circle",
    warning: "fas fa-exclamation-triangle",
    success: "fas fa-check-circle",
    info: "fas fa-info-circle",
  };
  return make(
    "div",
    { class: `pf-v5-c-alert pf-m-inline pf-m-${kind}` },
    make("div", { class: "pf-v5-c-alert__icon" }, icon(icons[kind])),
    make("p", { class: "pf-v5-c-alert__title" }, title),
    ...(children.length ? [make("div", { class: "pf-v5-c-alert__description" }, ...children)] : []),
  );
}

export const list = (items) => make("ul", { class: "pf-v5-c-list" }, ...items.map((item) => make("li", {}, item)));

export function show(id, shown) {
  element(id).hidden = !shown;
}
