"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const byId = (id) => document.getElementById(id);
  const details = all(".detail");
  const count = all("[id^='item-']").length;
  let open = null;      // the number of the item that is shown
  let opener = null;    // the button that opened it

  const linesOf = (article) => [Number(article.dataset.first), Number(article.dataset.last)];

  function mark(article, instance) {
    const [first, last] = linesOf(article);
    const isLoop = !article.classList.contains("function");
    const shares = (line) => isLoop && first <= Number(line.dataset.origin) && Number(line.dataset.origin) <= last;
    for (const pane of all(".code", instance)) {
      const lines = all("li", pane);
      lines.forEach((line) => line.classList.toggle("for-item", shares(line)));
      const top = lines.find(shares);
      pane.scrollTop = top ? top.offsetTop - pane.clientHeight / 4 : 0;
    }
  }

  function buttons(number) {
    return all(`button.item[data-item="${number}"]`);
  }

  function show(number, focus) {
    const article = byId(`item-${number}`);
    if (!article) return;
    details.forEach((detail) => { detail.hidden = true; });
    all("button.item").forEach((button) => button.setAttribute("aria-expanded", "false"));
    all(".item").forEach((part) => part.classList.toggle("chosen", part.dataset.item === String(number)));
    buttons(number).forEach((button) => button.setAttribute("aria-expanded", "true"));
    article.hidden = false;
    for (const instance of article.dataset.instances.split(" ").filter(Boolean)) {
      const shown = byId(`instance-${instance}`);
      shown.hidden = false;
      mark(article, shown);
    }
    byId("overview").hidden = true;
    byId("bar").hidden = false;
    byId("details").scrollTop = 0;
    open = number;
    if (focus) byId(`title-${number}`).focus({ preventScroll: true });
    history.replaceState(null, "", `#item-${number}`);
    buttons(number).slice(0, 1).forEach((button) => button.scrollIntoView({ block: "nearest" }));
  }

  function close() {
    if (open === null) return;
    const back = opener && opener.isConnected && !opener.closest("[hidden]") ? opener : buttons(open)[0];
    details.forEach((detail) => { detail.hidden = true; });
    all(".item").forEach((part) => part.classList.remove("chosen"));
    all("button.item").forEach((button) => button.setAttribute("aria-expanded", "false"));
    byId("overview").hidden = false;
    byId("bar").hidden = true;
    open = null;
    opener = null;
    history.replaceState(null, "", location.pathname + location.search);
    if (back) back.focus();
  }

  function go(step) {
    if (count === 0) return;
    opener = null;
    show(open === null ? (step > 0 ? 0 : count - 1) : (open + step + count) % count, true);
  }

  document.addEventListener("click", (event) => {
    const part = event.target.closest("[data-item]");
    if (!part) return;
    opener = part.closest("button") || buttons(part.dataset.item)[0];
    show(Number(part.dataset.item), true);
  });

  document.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === "Escape") close();
    if (event.key === "n") go(1);
    if (event.key === "p") go(-1);
  });

  byId("back").addEventListener("click", () => go(-1));
  byId("on").addEventListener("click", () => go(1));
  byId("close").addEventListener("click", close);

  function fromAddress() {
    const named = /^#item-(\d+)$/.exec(location.hash);
    if (named) show(Number(named[1]), false);
  }

  document.documentElement.classList.add("alive");
  details.forEach((detail) => { detail.hidden = true; });
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
})();
