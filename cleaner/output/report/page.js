"use strict";
// Filters and links. All content stands in the page already; nothing here makes markup of it.
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
const byId = (id) => document.getElementById(id);

document.documentElement.classList.add("js");

// Lists with a search field.
for (const field of all("input[data-list]")) {
  const drawers = all(":scope > details", byId(field.dataset.list));
  const said = field.parentElement.querySelector("[role=status]");
  field.addEventListener("input", () => {
    const wanted = field.value.trim().toLowerCase();
    for (const drawer of drawers) drawer.hidden = !drawer.dataset.find.includes(wanted);
    said.textContent = `${drawers.filter((drawer) => !drawer.hidden).length} shown`;
  });
}

// The browser of articles.
const articles = all("#list-articles > details");
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
  for (const article of articles) {
    article.hidden = !selects.every((select) => matches(article, select)) || !textOf(article).includes(wanted);
  }
  const shown = articles.filter((article) => !article.hidden);
  if (wanted && shown.length === 1) shown[0].open = true;
  byId("said-articles").textContent = `${shown.length} of ${articles.length} articles`;
};

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
  if (target.hidden) clear();
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
