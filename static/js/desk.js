/* The desk's keys: j and k move, Enter opens, / searches. Everything also works by mouse and without this file. */
(function () {
  "use strict";
  var rows = Array.prototype.slice.call(document.querySelectorAll("[data-open]"));
  var panel = document.getElementById("panel");
  var at = Math.max(0, rows.findIndex(function (row) { return row.classList.contains("sel"); }));
  var asked = null;

  function load(target, url) {
    if (asked && target === panel) asked.abort();
    var control = new AbortController();
    if (target === panel) asked = control;
    target.classList.add("loading");  // what was there stays until the answer comes
    fetch(url, { credentials: "same-origin", signal: control.signal, headers: { "X-Requested-With": "fetch" } })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.text() : Promise.reject(answer.status); })
      .then(function (html) { target.innerHTML = html; target.classList.remove("loading"); })
      .catch(function (problem) { if (problem.name !== "AbortError") target.classList.remove("loading"); });
  }

  function select(index, scroll) {
    if (!rows.length) return;
    index = Math.min(Math.max(index, 0), rows.length - 1);
    if (rows[at]) { rows[at].classList.remove("sel"); rows[at].removeAttribute("aria-current"); }
    at = index;
    rows[at].classList.add("sel");
    rows[at].setAttribute("aria-current", "true");
    if (scroll) rows[at].scrollIntoView({ block: "nearest" });
    if (panel && rows[at].dataset.panel) load(panel, rows[at].dataset.panel);
  }

  rows.forEach(function (row, index) {
    row.addEventListener("click", function (event) {
      if (!event.target.closest("a, button") && index !== at) select(index, false);
    });
    row.addEventListener("dblclick", function () { location.assign(row.dataset.open); });
  });

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, select, textarea, summary")) return;
    if (event.key === "j") select(at + 1, true);
    else if (event.key === "k") select(at - 1, true);
    else if (event.key === "Enter" && rows.length && !event.target.closest("a, button")) location.assign(rows[at].dataset.open);
    else if (event.key === "/") { var box = document.querySelector("input[type=search]"); if (box) { event.preventDefault(); box.focus(); } }
  });

  document.querySelectorAll("[data-load]").forEach(function (place) { load(place, place.dataset.load); });
  document.querySelectorAll("[data-print]").forEach(function (button) { button.addEventListener("click", function () { window.print(); }); });
  document.querySelectorAll("form[data-live]").forEach(function (form) {  // the check's answer, while one types
    var waiting = 0, control = null;
    function check() {
      if (control) control.abort();
      control = new AbortController();
      var place = document.getElementById(form.dataset.live), said = new FormData(form);
      said.set("do", "check");
      place.classList.add("loading");
      fetch(location.href, { method: "POST", body: said, credentials: "same-origin", signal: control.signal })
        .then(function (answer) { return answer.redirected ? Promise.reject(answer.status) : answer.text(); })
        .then(function (html) {
          var fresh = new DOMParser().parseFromString(html, "text/html").getElementById(form.dataset.live);
          if (fresh) place.innerHTML = fresh.innerHTML;
          place.classList.remove("loading");
        })
        .catch(function (problem) { if (problem.name !== "AbortError") place.classList.remove("loading"); });
    }
    form.addEventListener("input", function () { clearTimeout(waiting); waiting = setTimeout(check, 500); });
  });
  document.querySelectorAll("form[data-total]").forEach(function (form) {  // parts that must add up
    var parts = Array.prototype.slice.call(form.querySelectorAll("[data-part]")), out = form.querySelector("output");
    function add() {
      var sum = parts.reduce(function (whole, part) { return whole + (parseInt(part.value, 10) || 0); }, 0);
      out.textContent = sum;
      out.classList.toggle("off", String(sum) !== form.dataset.total);
    }
    form.addEventListener("input", add);
    add();
  });
  document.querySelectorAll("form").forEach(function (form) {
    form.addEventListener("submit", function (event) {  // a second tap does nothing
      if (form.dataset.sent) { event.preventDefault(); return; }
      if (form.method === "post") form.dataset.sent = "1";
    });
  });
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
