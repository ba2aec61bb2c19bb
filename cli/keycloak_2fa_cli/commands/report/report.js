"use strict";
// Search, filter and sort the table of users. Without JavaScript the page shows all of them.
const table = document.getElementById("users");
const body = table.tBodies[0];
const rows = Array.from(body.rows);
const search = document.getElementById("search");
const standing = document.getElementById("standing");
const shown = document.getElementById("shown");

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    const text = row.textContent.toLowerCase();
    const fits = (!standing.value || row.dataset.standing === standing.value || (standing.value === "admin" && row.dataset.admin))
      && words.every((word) => text.includes(word));
    row.hidden = !fits;
    count += fits ? 1 : 0;
  }
  shown.textContent = `${count.toLocaleString("en")} of ${rows.length.toLocaleString("en")} users`;
}

function sort(header) {
  const column = header.cellIndex;
  const down = header.getAttribute("aria-sort") === "ascending";
  for (const each of header.parentElement.cells) each.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  rows.sort((a, b) => compare(a.cells[column].textContent, b.cells[column].textContent) * (down ? -1 : 1));
  body.append(...rows);
}

document.getElementById("controls").hidden = false;
search.addEventListener("input", filter);
standing.addEventListener("change", filter);
for (const button of table.tHead.querySelectorAll("button")) {
  button.addEventListener("click", () => sort(button.parentElement));
}
filter();
