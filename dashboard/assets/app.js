// Keeps the page fresh. It asks for the page it is on with the entity tag it
// has; until the next pane closes that costs a 304. What changed is swapped in
// place. Without script the page stands as it was drawn.
"use strict";
(() => {
  const quick = 5000, slow = 60000;
  let tag = document.body.dataset.etag;
  let wait = quick, timer = 0, turn = 0;

  const $ = (id) => document.getElementById(id);
  const selecting = () => { const s = getSelection(); return s && !s.isCollapsed; };

  function schedule() {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(poll, wait);
  }

  function offline(text) {
    $("offline").hidden = !text;
    $("offline").textContent = text;
    document.body.classList.toggle("stale", !!text);
  }

  // swap replaces every live part that differs and keeps what the reader has
  // opened and where the keyboard is.
  function swap(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html");
    const open = [...document.querySelectorAll("details[open]")].map((d) => d.id);
    const focus = document.activeElement && document.activeElement.id;
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.getElementById(part.id);
      if (!next) { location.reload(); return; }
      if (part.innerHTML === next.innerHTML && part.className === next.className) continue;
      part.className = next.className;
      part.replaceChildren(...next.childNodes);
    }
    for (const id of open) if ($(id)) $(id).open = true;
    if (focus && document.activeElement.id !== focus && $(focus)) $(focus).focus({ preventScroll: true });
    document.title = fresh.title;
    tag = fresh.body.dataset.etag;
    ago();
  }

  async function load(address, headers) {
    const mine = ++turn;
    const response = await fetch(address, { headers, cache: "no-store", credentials: "same-origin" });
    if (response.status === 304) return;
    if (!response.ok) throw new Error("the service answered " + response.status);
    const text = await response.text();
    if (mine === turn) swap(text);
  }

  async function poll() {
    try {
      if (!selecting()) await load(location.href.split("#")[0], tag ? { "If-None-Match": tag } : {});
      wait = quick;
      offline("");
    } catch (e) {
      wait = Math.min(slow, wait * 2);
      offline("No answer from the service; what you see is old. Next try in " + Math.round(wait / 1000) + " s.");
    }
    schedule();
  }

  async function go(address, how) {
    try {
      await load(address.split("#")[0], {});
      history[how](null, "", address);
      schedule();
    } catch (e) { location.assign(address); }
  }

  addEventListener("click", (event) => {
    const link = event.target.closest("a[data-nav]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    const inside = link.closest(".rows");
    go(link.href, "pushState").then(() => { if (!inside) reveal(); });
  });

  function reveal() {
    const opened = document.querySelector(".rows .opened") || $("features");
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (opened) opened.scrollIntoView({ block: "start", behavior: calm ? "auto" : "smooth" });
  }

  addEventListener("popstate", () => load(location.href.split("#")[0], {}).catch(() => location.reload()));

  const box = $("q");
  if (box) {
    let typing = 0;
    const search = () => go(box.value ? "./?q=" + encodeURIComponent(box.value) : "./", "replaceState");
    box.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(search, 250); });
    $("search").addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(typing); search(); });
    document.body.classList.add("live");
  }

  addEventListener("keydown", (event) => {
    if (event.key !== "/" || !box || event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) return;
    event.preventDefault();
    box.focus();
  });

  function ago() {
    const closed = $("closed");
    if (!closed) return;
    const s = Math.round((Date.now() - Date.parse(closed.dateTime)) / 1000);
    let text = "";
    if (s >= 0 && s < 120) text = s + " s ago";
    else if (s >= 120 && s < 7200) text = Math.round(s / 60) + " min ago";
    else if (s >= 7200 && s < 172800) text = Math.round(s / 3600) + " h ago";
    else if (s >= 172800) text = Math.round(s / 86400) + " days ago";
    if ($("ago").textContent !== text) $("ago").textContent = text;
  }

  document.addEventListener("visibilitychange", () => { if (document.hidden) clearTimeout(timer); else poll(); });
  setInterval(() => { if (!document.hidden) ago(); }, 1000);
  ago();
  schedule();
})();
