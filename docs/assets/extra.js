// Names that readers of screens need and the theme leaves out or gives twice: the dialog of the search, the buttons of each
// block of code, and parts of a table of contents that are called the same.
const name = () => {
  document.querySelector(".md-search[role=dialog]")?.setAttribute("aria-label", "Search");
  document.querySelectorAll("nav.md-code__nav:not([aria-label])").forEach((nav) => {
    nav.setAttribute("aria-label", `Buttons of code block ${nav.parentElement.id.replace(/\D+/g, "") || nav.parentElement.id}`);
  });
};
document.querySelectorAll(".md-nav--secondary nav.md-nav").forEach((nav) => {
  const above = nav.parentElement.closest("nav.md-nav").getAttribute("aria-label");
  nav.setAttribute("aria-label", `${nav.getAttribute("aria-label")}, ${above}`);
});
new MutationObserver(name).observe(document.documentElement, { childList: true, subtree: true });
name();
