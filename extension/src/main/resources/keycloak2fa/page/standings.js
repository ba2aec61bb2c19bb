/* Where a user can stand, and how each is shown: never by its colour alone. */

import { label } from "./dom.js";
import { say } from "./texts.js";

/**
 * In the order in which they are shown.
 *
 * - `name`: of the report and of the list of users
 * - `figure`: of the status
 */
export const STANDINGS = [
  { name: "enrolled", figure: "enrolled", color: "green", icon: "fas fa-check-circle" },
  { name: "asked", figure: "pending", color: "blue", icon: "fas fa-clock" },
  { name: "uncovered", figure: "uncovered", color: "orange", icon: "fas fa-exclamation-triangle" },
  { name: "exempt", figure: "exempt", color: "purple", icon: "fas fa-key" },
];

/** A user's standing as a label. */
export function standingLabel(name) {
  const { color, icon } = STANDINGS.find((each) => each.name === name);
  return label(say(`standing.${name}`), color, icon);
}
