// A click on a column's head sorts the table by it, a second click the other way round.
document.addEventListener("click", ({ target }) => {
  const head = target.closest("th");
  if (!head) return;
  const body = head.closest("table").tBodies[0];
  const column = head.cellIndex;
  const descending = head.getAttribute("aria-sort") === "ascending";
  const text = (row) => row.cells[column]?.textContent.trim() ?? "";
  const order = (a, b) => text(a).localeCompare(text(b), undefined, { numeric: true });
  const rows = [...body.rows].sort((a, b) => (descending ? order(b, a) : order(a, b)));
  for (const other of head.parentElement.cells) other.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", descending ? "descending" : "ascending");
  body.append(...rows);
});
