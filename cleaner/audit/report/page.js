"use strict";
// Filters and links. All content stands in the page already; nothing here makes markup of it.
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
const byId = (id) => document.getElementById(id);

document.documentElement.classList.add("js");

// Of a long list only the first lines are shown, until all are asked for.
const FEW = 12;
const listing = (list) => {
  const drawers = all(":scope > details", list);
  const more = document.createElement("button");
  more.type = "button";
  more.className = "rest";
  list.after(more);
  let found = drawers;
  let whole = false;
  const draw = () => {
    const shown = new Set(whole || found.length < 1.5 * FEW ? found : found.slice(0, FEW));
    for (const drawer of drawers) drawer.hidden = !shown.has(drawer);
    more.hidden = shown.size === found.length;
    more.textContent = `Show all ${found.length.toLocaleString("en")}`;
  };
  more.addEventListener("click", () => {
    whole = true;
    draw();
    found[FEW].querySelector("summary").focus();
  });
  draw();
  return (fits) => {
    found = drawers.filter(fits);
    draw();
    return found;
  };
};

for (const name of ["list-pairs", "list-clusters"]) if (byId(name)) listing(byId(name));

// Lists with a search field.
for (const field of all("input[data-list]")) {
  const narrow = listing(byId(field.dataset.list));
  const said = field.parentElement.querySelector("[role=status]");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    said.textContent = `${narrow((drawer) => drawer.dataset.find.includes(wanted)).length} found`;
  });
}

// The browser of articles.
const articles = all("#list-articles > details");
const narrow = listing(byId("list-articles"));
const texts = new Map();
const find = byId("find-articles");
const selects = all("select[data-by]");

const textOf = (article) => {
  if (!texts.has(article)) texts.set(article, article.textContent.toLowerCase());
  return texts.get(article);
};

const matches = (article, select) => {
  const value = article.dataset[select.dataset.by] ?? "";
  const several = select.dataset.by === "kind" || select.dataset.by === "flag";
  return !select.value || (several ? value.split(" ").includes(select.value) : value === select.value);
};

const filter = () => {
  const wanted = find.value.trim().toLowerCase();
  const found = narrow(
    (article) => selects.every((select) => matches(article, select)) && textOf(article).includes(wanted),
  );
  if (wanted && found.length === 1) found[0].open = true;
  const rest = found.length || find.dataset.rest === undefined ? "" : `. ${find.dataset.rest}`;
  byId("said-articles").textContent = `${found.length} of ${articles.length} articles${rest}`;
  point(found.find((article) => article.open));
};

// In an opened article, what was looked for is marked, and the reason told where it was removed.
const point = (article) => {
  for (const told of all("del.told")) told.classList.remove("told");
  const wanted = find.value.trim().toLowerCase();
  CSS.highlights?.delete("found");
  if (!article || !wanted) return;
  const walker = document.createTreeWalker(article.querySelector(".text"), NodeFilter.SHOW_TEXT);
  const ranges = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.toLowerCase().indexOf(wanted);
    if (at < 0 || node.parentElement.closest(".tip")) continue;
    const range = new Range();
    range.setStart(node, Math.min(at, node.length));
    range.setEnd(node, Math.min(at + wanted.length, node.length));
    ranges.push(range);
  }
  if (!ranges.length) return;
  if (CSS.highlights) CSS.highlights.set("found", new Highlight(...ranges));
  const [first] = ranges.map((range) => range.startContainer.parentElement);
  first.closest("del.gone")?.classList.add("told");
  if (document.activeElement !== find) first.scrollIntoView({ block: "center" });
};
for (const article of articles) {
  article.addEventListener("toggle", () => article.open && document.activeElement !== find && point(article));
}

const clear = () => {
  find.value = "";
  for (const select of selects) select.value = "";
  filter();
};

find.addEventListener("input", filter);
for (const select of selects) select.addEventListener("change", filter);
byId("clear").addEventListener("click", clear);
find.form.addEventListener("submit", (event) => event.preventDefault());

for (const button of all("button.show")) {
  button.addEventListener("click", () => {
    clear();
    for (const select of selects) select.value = button.dataset[select.dataset.by] ?? "";
    filter();
    byId("articles").scrollIntoView();
    find.focus({ preventScroll: true });
  });
}

// Ids become links where their article is among those shown.
const places = new Map(articles.map((article) => [article.dataset.id, article]));
for (const name of all("[data-id].id")) {
  const article = places.get(name.dataset.id);
  if (!article) continue;
  const link = document.createElement("a");
  link.href = `#${article.id}`;
  link.append(...name.childNodes);
  name.append(link);
}

const openTarget = () => {
  const target = location.hash.startsWith("#article-") && byId(location.hash.slice(1));
  if (!target) return;
  clear();
  target.hidden = false;
  target.open = true;
  target.scrollIntoView();
  target.querySelector("summary").focus({ preventScroll: true });
};
addEventListener("hashchange", openTarget);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#article-']");
  if (link && link.hash === location.hash) openTarget();
});

// A reason can be put away with Escape until another one is pointed at.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.documentElement.classList.add("quiet");
});
for (const type of ["focusin", "pointerover"]) {
  document.addEventListener(type, () => document.documentElement.classList.remove("quiet"));
}

filter();
openTarget();
