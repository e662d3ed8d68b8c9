"use strict";
// Filters and links. All content stands in the page already; nothing here makes markup of it.
const all = (selector, within = document) => Array.from(within.querySelectorAll(selector));
const byId = (id) => document.getElementById(id);
const count = (number, one) => `${number.toLocaleString("en")} ${one}${number === 1 ? "" : "s"}`;

document.documentElement.classList.add("js");

// The site and the language to which the whole page is narrowed. An element's data-at is "site:language", and an empty
// half fits any filter. What has none fits if one of the articles named in it does, or if it names none.
const scopes = all("select[data-scope]");
const chosen = () => scopes.map((select) => select.value);
const fitsScope = (element) => {
  const [site, language] = chosen();
  const fits = ({ dataset: { at } }) => {
    const cut = at.indexOf(":");
    const [own, code] = [at.slice(0, cut), at.slice(cut + 1)];
    return (!site || !own || own === site) && (!language || !code || code === language);
  };
  if (element.dataset.at !== undefined) return fits(element);
  const named = all("[data-at]", element);
  return !named.length || named.some(fits);
};

// Of a long list only the first lines are shown, until all are asked for.
const FEW = 12;
const lists = new Map();
const listing = (list) => {
  const drawers = all(":scope > details", list);
  const more = document.createElement("button");
  more.type = "button";
  more.className = "rest";
  list.after(more);
  let matches = () => true;
  let whole = false;
  const draw = () => {
    const found = drawers.filter((drawer) => fitsScope(drawer) && matches(drawer));
    const shown = new Set(whole || found.length < 1.5 * FEW ? found : found.slice(0, FEW));
    for (const drawer of drawers) drawer.hidden = !shown.has(drawer);
    more.hidden = shown.size === found.length;
    more.textContent = `Show all ${found.length.toLocaleString("en")}`;
    return found;
  };
  more.addEventListener("click", () => {
    whole = true;
    draw()[FEW].querySelector("summary").focus();
  });
  draw();
  lists.set(list.id, (fits = matches) => {
    matches = fits;
    return draw();
  });
};
for (const list of all(".list")) listing(list);

// Lists with a search field.
const fields = all("input[data-list]");
const search = (field) => {
  const wanted = field.value.trim().toLowerCase();
  const found = lists.get(field.dataset.list)((drawer) => drawer.dataset.find.includes(wanted));
  field.parentElement.querySelector("[role=status]").textContent = `${found.length.toLocaleString("en")} found`;
};
for (const field of fields) field.addEventListener("input", () => search(field));

// The browser of articles.
const articles = all("#list-articles > details");
const texts = new Map();
const find = byId("find-articles");
const selects = all("select[data-by]");

const textOf = (article) => {
  if (!texts.has(article)) texts.set(article, article.textContent.toLowerCase());
  return texts.get(article);
};

const LISTED = ["kind", "flag", "case"];
const matches = (article, by, wanted) => {
  const value = article.dataset[by] ?? "";
  return !wanted || (LISTED.includes(by) ? value.split(" ").includes(wanted) : value === wanted);
};

const filter = () => {
  const wanted = find.value.trim().toLowerCase();
  const found = lists.get("list-articles")(
    (article) =>
      selects.every((select) => matches(article, select.dataset.by, select.value)) &&
      (!wanted || textOf(article).includes(wanted)),
  );
  if (wanted && found.length === 1) found[0].open = true;
  const rest = found.length || find.dataset.rest === undefined ? "" : `. ${find.dataset.rest}`;
  const shown = `${found.length.toLocaleString("en")} of ${articles.length.toLocaleString("en")}`;
  byId("said-articles").textContent = `${shown} articles${rest}`;
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

// The filter of the whole page. A kind's numbers are those of the site, or else of the language, that was chosen.
const kinds = all("#removals > .drawer").map((drawer) => {
  const numbers = drawer.querySelector(".numbers");
  return { drawer, numbers, bar: drawer.querySelector(".bar rect"), was: [...numbers.childNodes] };
});
for (const kind of kinds) kind.width = kind.bar.getAttribute("width");

const countKinds = () => {
  const [site, language] = chosen();
  const group = all("[data-kinds]").find(({ dataset: { at } }) => at === (site ? `${site}:` : `:${language}`));
  const counted = new Map(group ? JSON.parse(group.dataset.kinds).map(([kind, ...numbers]) => [kind, numbers]) : []);
  const most = Math.max(1, ...Array.from(counted.values(), ([words]) => words));
  for (const { drawer, numbers, bar, was, width } of kinds) {
    const [words, spans] = counted.get(drawer.dataset.removed) ?? [0, 0];
    drawer.hidden = group ? !spans : !fitsScope(drawer);
    bar.setAttribute("width", group ? `${(100 * words) / most}%` : width);
    numbers.replaceChildren(...was);
    if (!group) continue;
    numbers.replaceChildren(...[count(words, "word"), count(spans, "span")].map((said) => {
      const number = document.createElement("span");
      number.textContent = said;
      return number;
    }));
  }
};

const narrow = () => {
  const narrowed = chosen().some(Boolean);
  document.documentElement.classList.toggle("narrowed", narrowed);
  byId("everything").hidden = !narrowed;
  for (const note of all(".scope-note")) note.hidden = !narrowed;
  for (const example of all(".examples > li")) example.hidden = narrowed && !fitsScope(example);
  for (const redraw of lists.values()) redraw();
  for (const field of fields) search(field);
  countKinds();
  filter();
};

const clear = () => {
  find.value = "";
  for (const select of selects) select.value = "";
};
const everything = () => {
  clear();
  for (const select of scopes) select.value = "";
  narrow();
};

find.addEventListener("input", filter);
for (const select of selects) select.addEventListener("change", filter);
for (const select of scopes) select.addEventListener("change", narrow);
byId("clear").addEventListener("click", () => {
  clear();
  filter();
});
byId("everything").addEventListener("click", () => {
  everything();
  scopes[0].focus();
});
for (const form of all("form")) form.addEventListener("submit", (event) => event.preventDefault());

// A button or a finding sets filters: one of the whole page by its site or language, else one of the articles.
const set = ({ dataset }) => {
  const wanted = [...selects, ...scopes].filter((select) => dataset[select.dataset.by ?? select.dataset.scope]);
  if (!wanted.length) return false;
  clear();
  for (const select of wanted) select.value = dataset[select.dataset.by ?? select.dataset.scope];
  narrow();
  return true;
};
for (const button of all("button.show")) {
  button.addEventListener("click", () => {
    set(button);
    byId("articles").scrollIntoView();
    find.focus({ preventScroll: true });
  });
}
for (const link of all("#findings a")) {
  link.addEventListener("click", () => {
    if (!set(link)) everything();
  });
}

// Ids become links where their article is among those shown.
const places = new Map(articles.map((article) => [article.dataset.id, article]));
for (const name of all(".id")) {
  const article = places.get(name.textContent);
  if (!article) continue;
  const link = document.createElement("a");
  link.href = `#${article.id}`;
  link.append(...name.childNodes);
  name.append(link);
}

// What a link points to is opened, and shown whatever the filters say.
const openTarget = () => {
  const target = byId(location.hash.slice(1));
  if (!target?.matches("details")) return;
  if (target.hidden) everything();
  target.hidden = false;
  target.open = true;
  target.scrollIntoView();
  target.querySelector("summary").focus({ preventScroll: true });
};
addEventListener("hashchange", openTarget);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link && link.hash === location.hash) openTarget();
});

// A reason can be put away with Escape until another one is pointed at.
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.documentElement.classList.add("quiet");
});
for (const type of ["focusin", "pointerover"]) {
  document.addEventListener(type, () => document.documentElement.classList.remove("quiet"));
}

narrow();
openTarget();
