/* What the page says, in the reader's language. messages/en.json has every text; a language that lacks one falls back. */

const LANGUAGES = ["en", "de"];

let language = "en";
let texts = {};

/** Reads the texts of the first language that there are any for; English where there are none. */
export async function learn(here, wanted) {
  const found = wanted.map((each) => each.toLowerCase().split(/[-_]/)[0]).find((each) => LANGUAGES.includes(each));
  const [english, own] = await Promise.all([read(here, "en"), found && found !== "en" ? read(here, found) : {}]);
  language = found ?? "en";
  texts = { ...english, ...own };
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-text]")) {
    each.textContent = say(each.dataset.text);
  }
  for (const each of document.querySelectorAll("[data-label]")) {
    each.setAttribute("aria-label", say(each.dataset.label));
  }
}

async function read(here, name) {
  const response = await fetch(`${here}messages/${name}.json`);
  return response.ok ? response.json() : {};
}

/**
 * A text with its values filled in: {name} stands for the value of that name, as it is written in this language. Where a
 * text has several forms, the value `count` chooses.
 */
export function say(key, values = {}) {
  const text = texts[key] ?? key;
  const form = typeof text === "string" ? text : (text[new Intl.PluralRules(language).select(values.count)] ?? text.other);
  return form.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return typeof value === "number" ? number(value) : String(value);
  });
}

export const has = (key) => key in texts;

export const number = (value) => value.toLocaleString(language);

export const percent = (share) =>
  share.toLocaleString(language, { style: "percent", maximumFractionDigits: share > 0 && share < 0.01 ? 1 : 0 });

export const listed = (names) => new Intl.ListFormat(language, { type: "conjunction" }).format(names);

/** A moment with its zone: readers sit elsewhere than the server. */
export const moment = (text) =>
  new Date(text).toLocaleString(language, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    timeZoneName: "short",
  });

/** A day, which has no zone. */
export const day = (text) =>
  new Date(`${text}T00:00:00Z`).toLocaleDateString(language, {
    year: "numeric",
    month: "short",
    day: "numeric",
    timeZone: "UTC",
  });
