/* A strategy typed like a sheet: keys, blocks to and from Excel, undo, and the check beside it while one types.
   Everything also works by mouse and without this file: each cell is a field of one form. */
(function () {
  "use strict";
  var form = document.getElementById("sheet-form");
  if (!form) return;
  var problems = document.getElementById("problems"), bench = document.getElementById("bench-result");
  var undone = [], done = [], dirty = false, editing = false, before = "";
  var at = null, from = null, painted = [], waiting = 0, control = null;  // from: where a block began
  var UNDO_MAX = 200;

  // ── cells ──
  function fieldIn(td) { return td && td.querySelector("select, input:not([type=hidden]):not([type=radio])"); }
  function rowsOf(table) { return table.tBodies[0].rows; }
  function cell(table, row, col) { var tr = rowsOf(table)[row]; return tr ? fieldIn(tr.cells[col]) : null; }
  function placeOf(field) {
    var td = field.closest("td"), table = field.closest("table[data-sheet]");
    return td && table ? { table: table, row: td.parentNode.sectionRowIndex, col: td.cellIndex } : null;
  }
  function isCell(target) { return target.closest && target.closest("table[data-sheet] td") && target.type !== "radio" && target.matches("input, select"); }
  function isFixed(table) { return table.hasAttribute("data-fixed"); }
  function go(table, row, col) {
    var field = cell(table, row, col);
    if (!field) return false;
    field.focus();
    return true;
  }
  function step(down, right) {
    var row = at.row + down, col = at.col + right, tr = rowsOf(at.table)[row];
    while (tr && col > 0 && col < tr.cells.length && !fieldIn(tr.cells[col])) col += right || 1;
    return go(at.table, row, col);
  }
  function put(field, value) {  // a choice takes its code or its words; what it does not know it leaves alone
    if (field.tagName !== "SELECT") { field.value = value; return; }
    var wanted = Array.prototype.find.call(field.options, function (one) { return one.value === value || one.text === value; });
    if (wanted) field.value = wanted.value;
  }

  // ── blocks ──
  function block() {
    var a = from && from.table === at.table ? from : at;
    return { top: Math.min(a.row, at.row), bottom: Math.max(a.row, at.row), left: Math.min(a.col, at.col), right: Math.max(a.col, at.col) };
  }
  function paint() {
    painted.forEach(function (td) { td.classList.remove("in-block"); });
    painted = [];
    if (!at || !from || from.table !== at.table || (from.row === at.row && from.col === at.col)) return;
    var b = block();
    for (var r = b.top; r <= b.bottom; r++) for (var c = b.left; c <= b.right; c++) {
      var td = rowsOf(at.table)[r].cells[c];
      td.classList.add("in-block");
      painted.push(td);
    }
  }
  function inBlock(b, each) {
    for (var r = b.top; r <= b.bottom; r++) for (var c = b.left; c <= b.right; c++) { var field = cell(at.table, r, c); if (field) each(field); }
  }
  function isBlock() { return painted.length > 1; }
  function copied() {
    var b = block(), lines = [];
    for (var r = b.top; r <= b.bottom; r++) {
      var cells = [];
      for (var c = b.left; c <= b.right; c++) {
        var td = rowsOf(at.table)[r].cells[c], field = fieldIn(td), said = field ? field.value : td.textContent.trim();
        cells.push(/["\t\n]/.test(said) ? '"' + said.replace(/"/g, '""') + '"' : said);
      }
      lines.push(cells.join("\t"));
    }
    return lines.join("\n");
  }
  function parsed(tsv) {
    var rows = [[]], word = "", quoted = false, i = 0;
    tsv = tsv.replace(/\r\n?/g, "\n").replace(/\n$/, "");
    for (; i < tsv.length; i++) {
      var sign = tsv[i];
      if (quoted) {
        if (sign === '"' && tsv[i + 1] === '"') { word += '"'; i++; }
        else if (sign === '"') quoted = false;
        else word += sign;
      } else if (sign === '"' && word === "") quoted = true;
      else if (sign === "\t") { rows[rows.length - 1].push(word); word = ""; }
      else if (sign === "\n") { rows[rows.length - 1].push(word); word = ""; rows.push([]); }
      else word += sign;
    }
    rows[rows.length - 1].push(word);
    return rows;
  }

  // ── steps that can be undone ──
  function record(back, again) {
    done.push({ back: back, again: again });
    if (done.length > UNDO_MAX) done.shift();
    undone = [];
    changed();
  }
  function set(changes) {  // [[field, value], …] as one step
    var was = changes.map(function (one) { return [one[0], one[0].value]; });
    changes.forEach(function (one) { put(one[0], one[1]); });
    var now = changes.map(function (one) { return [one[0], one[0].value]; });
    return {
      back: function () { was.forEach(function (one) { one[0].value = one[1]; }); return was[0] && was[0][0]; },
      again: function () { now.forEach(function (one) { one[0].value = one[1]; }); return now[0] && now[0][0]; }
    };
  }
  function setNow(changes) {
    if (!changes.length) return;
    var one = set(changes);
    record(one.back, one.again);
    remember();
  }
  function undo(stack, other, way) {
    if (editing && at) { var field = cell(at.table, at.row, at.col); if (field && field.value !== before) { field.value = before; editing = false; field.select && field.select(); return; } }
    var one = stack.pop();
    if (!one) return;
    var field2 = one[way]();
    other.push(one);
    changed();
    if (field2 && field2.isConnected) field2.focus();
    remember();
  }
  function remember() { var field = document.activeElement; before = isCell(field) ? field.value : ""; editing = false; bar(field); }

  // ── rows ──
  function blank(table, like) {
    var tr = (like || rowsOf(table)[rowsOf(table).length - 1]).cloneNode(true);
    tr.querySelectorAll("input, select").forEach(function (field) {
      if (field.type === "radio") { field.checked = false; return; }
      field.value = "";
      if (field.tagName === "SELECT") field.selectedIndex = 0;
      field.removeAttribute("id"); unmark(field);
    });
    tr.querySelectorAll("[id]").forEach(function (one) { one.removeAttribute("id"); });
    tr.querySelectorAll(".in-block").forEach(function (one) { one.classList.remove("in-block"); });
    return tr;
  }
  function numbered(table) {
    var key = table.dataset.sheet, first = parseInt(form.elements[key + ".window"].value, 10) || 0;
    Array.prototype.forEach.call(rowsOf(table), function (tr, i) {
      var radio = tr.querySelector("input[type=radio]");
      if (radio) { radio.value = key + "." + i; radio.nextSibling.data = first + i + 1; }
    });
  }
  function insertRow(table, tr, row) {
    var body = table.tBodies[0];
    function add() { body.insertBefore(tr, body.rows[row] || null); numbered(table); return fieldIn(tr.cells[1]) || fieldIn(tr.cells[2]); }
    function drop() { tr.remove(); numbered(table); return cell(table, Math.min(row, body.rows.length - 1), at ? at.col : 1); }
    return { add: add, drop: drop };
  }
  function act(table, what) {
    if (isFixed(table)) return;
    var picked = table.querySelector("input[type=radio]:checked");
    var row = at && at.table === table ? at.row : picked ? picked.closest("tr").sectionRowIndex : rowsOf(table).length - 1;
    var col = at && at.table === table ? at.col : 1, tr = rowsOf(table)[row], one;
    if (!tr) return;
    if (what === "insert" || what === "copy") {
      if (rowsOf(table).length >= Number(table.dataset.max)) { say(form.dataset.rows); return; }
      var fresh = blank(table, tr);
      if (what === "copy") copyInto(tr, fresh);
      one = insertRow(table, fresh, row + 1);
      one.add(); record(one.drop, one.add); go(table, row + 1, col);
    } else if (what === "delete") {
      if (rowsOf(table).length === 1) { one = insertRow(table, blank(table, tr), 1); one.add(); }
      one = insertRow(table, tr, row);
      one.drop(); record(one.add, one.drop); go(table, Math.min(row, rowsOf(table).length - 1), col);
    } else {
      var to = row + (what === "up" ? -1 : 1);
      if (to < 0 || to >= rowsOf(table).length) return;
      var there = insertRow(table, tr, to), here = insertRow(table, tr, row);
      function move(place) { return function () { tr.remove(); return place.add(); }; }
      move(there)(); record(move(here), move(there)); go(table, to, col);
    }
    numbered(table);
  }
  function copyInto(tr, fresh) {
    var to = fresh.querySelectorAll("input:not([type=radio]), select");
    tr.querySelectorAll("input:not([type=radio]), select").forEach(function (field, i) { if (!/\.mark$/.test(field.name)) to[i].value = field.value; });
    var first = fieldIn(fresh.cells[1]);
    if (first && first.value && fresh.cells[1].classList.contains("k-code")) first.value += "_2";
  }
  function room(table) {  // an empty row at the end to type into
    var rows = rowsOf(table), last = rows[rows.length - 1];
    if (isFixed(table) || !last || rows.length >= Number(table.dataset.max)) return;
    var said = Array.prototype.some.call(last.querySelectorAll("td:not(.no) input, td:not(.no) select"), function (field) { return field.value; });
    if (said) { table.tBodies[0].appendChild(blank(table, last)); numbered(table); }
  }
  function paste(rows) {
    var b = block(), changes = [], cut = false;
    if (rows.length === 1 && rows[0].length === 1 && isBlock()) {
      inBlock(b, function (field) { changes.push([field, rows[0][0]]); });
    } else {
      var table = at.table, limit = Math.min(b.top + rows.length, Number(table.dataset.max)), fresh = [];
      if (!isFixed(table)) while (rowsOf(table).length < limit) { var tr = blank(table); table.tBodies[0].appendChild(tr); fresh.push(tr); }
      if (fresh.length) numbered(table);
      rows.forEach(function (cells, i) {
        cells.forEach(function (value, j) {
          var field = cell(table, b.top + i, b.left + j);
          if (field) changes.push([field, value.trim()]); else if (!rowsOf(table)[b.top + i]) cut = true;
        });
      });
      var one = set(changes);
      record(function () { one.back(); fresh.forEach(function (tr) { tr.remove(); }); numbered(table); return cell(table, b.top, b.left); },
        function () { fresh.forEach(function (tr) { table.tBodies[0].appendChild(tr); }); numbered(table); return one.again(); });
      remember(); room(table);
      if (cut) say(form.dataset.rows);
      return;
    }
    setNow(changes);
  }
  function fillDown() {
    var b = block(), changes = [], top = b.top;
    if (b.top === b.bottom) { if (!b.top) return; top = b.top - 1; }
    for (var c = b.left; c <= b.right; c++) {
      var source = cell(at.table, top, c);
      for (var r = top + 1; r <= b.bottom; r++) { var field = cell(at.table, r, c); if (source && field) changes.push([field, source.value]); }
    }
    setNow(changes);
  }
  function clear() {
    var b = block(), changes = [];
    inBlock(b, function (field) { if (field.value) changes.push([field, ""]); });
    setNow(changes);
  }

  // ── keys ──
  var ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  form.addEventListener("keydown", function (event) {
    var ctrl = event.ctrlKey || event.metaKey, key = event.key, low = key.toLowerCase();
    function stop() { event.preventDefault(); }
    if (ctrl && low === "s") { stop(); form.querySelector(".savebar button[value=save]").click(); return; }
    if (event.target.closest("aside") && key === "Enter" && event.target.matches("input")) { stop(); check(); return; }
    if (!isCell(event.target)) return;
    var field = event.target, arrow = ARROWS[key], listed = field.tagName === "SELECT";
    if (ctrl && !event.shiftKey && low === "z") { stop(); undo(done, undone, "back"); }
    else if (ctrl && (low === "y" || (event.shiftKey && low === "z"))) { stop(); commit(field); undo(undone, done, "again"); }
    else if (ctrl && low === "d") { stop(); commit(field); fillDown(); }
    else if (ctrl && key === "Enter") { stop(); commit(field); act(at.table, "insert"); }
    else if (ctrl && (key === "Delete" || key === "Backspace")) { stop(); commit(field); act(at.table, "delete"); }
    else if (event.altKey && (key === "ArrowUp" || key === "ArrowDown")) { if (!listed) { stop(); commit(field); act(at.table, key === "ArrowUp" ? "up" : "down"); } }
    else if (key === "F6") { stop(); form.querySelector("#note").focus(); }
    else if (key === "F2") { stop(); editing = true; if (!listed) field.setSelectionRange(field.value.length, field.value.length); }
    else if (key === "Escape") { stop(); field.value = before; editing = false; from = at; paint(); if (!listed) field.select(); }
    else if (key === "Enter") { stop(); commit(field); step(event.shiftKey ? -1 : 1, 0); }
    else if (key === "Tab") { commit(field); }
    else if (arrow && !ctrl && !(editing && (arrow[1] || field.list))) {
      stop();
      var begun = from || at, moving = event.shiftKey;
      commit(field);
      extending = moving ? begun : null;
      step(arrow[0], arrow[1]);
      extending = null;
    }
    else if (key === "Delete" && !editing) { stop(); clear(); }
    else if ((key === "Home" || key === "End") && ctrl) { stop(); go(at.table, key === "Home" ? 0 : rowsOf(at.table).length - 1, at.col); }
  });
  var extending = null;
  form.addEventListener("mousedown", function (event) { if (event.shiftKey && at && isCell(event.target)) extending = from || at; });
  form.addEventListener("focusin", function (event) {
    if (!isCell(event.target)) return;
    at = placeOf(event.target);
    from = extending && extending.table === at.table ? extending : at;
    extending = null; editing = false; before = event.target.value;
    if (event.target.select) event.target.select();
    paint(); bar(event.target);
  });
  form.addEventListener("focusout", function (event) { if (isCell(event.target)) commit(event.target); });
  function commit(field) {
    var was = before, now = field.value;
    editing = false;
    if (was === now || !at || cell(at.table, at.row, at.col) !== field) return;
    before = now;
    record(function () { field.value = was; return field; }, function () { field.value = now; return field; });
    room(at.table);
  }
  form.addEventListener("input", function (event) {
    if (isCell(event.target)) { editing = true; bar(event.target); ahead(event.target); }
    changed();
  });
  form.addEventListener("copy", function (event) { take(event, false); });
  form.addEventListener("cut", function (event) { take(event, true); });
  function take(event, away) {
    if (!isCell(event.target) || (editing && !isBlock())) return;
    event.clipboardData.setData("text/plain", copied());
    event.preventDefault();
    if (away) clear();
  }
  form.addEventListener("paste", function (event) {
    if (!isCell(event.target)) return;
    var said = event.clipboardData.getData("text/plain");
    if (editing && !/[\t\n]/.test(said.replace(/\n$/, ""))) return;
    event.preventDefault();
    commit(event.target);
    paste(parsed(said));
  });
  form.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) return;
    var tools = button.closest("[data-tools]");
    if (tools) { event.preventDefault(); act(form.querySelector('table[data-sheet="' + tools.dataset.tools + '"]'), button.value.split(".").pop()); }
    else if (button.value === "bench" || button.value === "check") { event.preventDefault(); check(); }
  });
  form.addEventListener("change", function (event) { if (event.target.type === "radio") { var f = fieldIn(event.target.closest("tr").cells[1]); if (f) f.focus(); } });

  // ── names while one types ──
  var list = document.createElement("datalist"), vocabulary = Array.prototype.map.call(
    document.querySelectorAll("#names option"), function (one) { return [one.value, one.textContent]; });
  list.id = "ahead";
  form.parentNode.appendChild(list);
  function ahead(field) {
    if (!field.closest(".k-condition, .k-formula")) return;
    var found = /([A-Za-z_][\w.]*|[\u4e00-\u9fff]+)$/.exec(field.value.slice(0, field.selectionStart)), options = [];
    if (found && field.selectionStart === field.value.length) {
      var word = found[1], start = field.value.slice(0, -word.length);
      vocabulary.forEach(function (one) {
        if (options.length < 12 && one[0] !== word && (one[0].indexOf(word) >= 0 || one[1].indexOf(word) >= 0)) options.push([start + one[0], one[1]]);
      });
    }
    list.replaceChildren.apply(list, options.map(function (one) { var o = document.createElement("option"); o.value = one[0]; o.textContent = one[1]; return o; }));
    field.setAttribute("list", "ahead");
  }

  // ── the check and the bench ──
  function bar(field) {
    var table = field && field.closest && field.closest("table[data-sheet]");
    if (!table) return;
    var out = form.querySelector('[data-bar="' + table.dataset.sheet + '"]');
    out.textContent = field.tagName === "SELECT" ? field.options[field.selectedIndex].text : field.value;
    out.classList.toggle("wrong", field.hasAttribute("aria-invalid"));
    if (field.title) out.textContent += "  —  " + field.title;
  }
  function unmark(field) { field.removeAttribute("aria-invalid"); field.removeAttribute("aria-describedby"); field.removeAttribute("title"); }
  function changed() { dirty = true; clearTimeout(waiting); waiting = setTimeout(check, 400); }
  function say(sentence) { var p = document.createElement("p"); p.className = "wrong"; p.textContent = sentence; problems.appendChild(p); }
  function fill(place, html) {  // what was unfolded stays so
    var open = Array.prototype.map.call(place.querySelectorAll("details"), function (one) { return one.open; });
    place.innerHTML = html;
    if (open.length) place.querySelectorAll("details").forEach(function (one, i) { if (i < open.length) one.open = open[i]; });
  }
  function check() {
    clearTimeout(waiting);
    if (control) control.abort();
    control = new AbortController();
    fetch(form.dataset.check, { method: "POST", body: new URLSearchParams(new FormData(form)), credentials: "same-origin", signal: control.signal })
      .then(function (answer) { return answer.ok && !answer.redirected ? answer.json() : Promise.reject(answer.status); })
      .then(shown)
      .catch(function (problem) { if (problem.name !== "AbortError") say(form.dataset.off); });
  }
  function shown(answer) {
    form.querySelectorAll("[aria-invalid]").forEach(unmark);
    answer.cells.forEach(function (one) {
      var field = find(one.sheet, one.row, one.column);
      if (field) { field.setAttribute("aria-invalid", "true"); field.title = one.text; }
    });
    fill(problems, answer.problems);
    fill(bench, answer.bench);
    if (answer.refusal) say(answer.refusal);
    if (answer.is_stale) say(form.dataset.stale);
    document.querySelectorAll("nav.parts a[data-part]").forEach(function (link) {
      var count = answer.by_part[link.dataset.part] || 0, badge = link.querySelector("em");
      badge.textContent = count; badge.hidden = !count;
    });
    if (isCell(document.activeElement)) bar(document.activeElement);
  }
  function find(sheet, row, column) {
    var table = form.querySelector('table[data-sheet="' + sheet + '"]'), tr = table && rowsOf(table)[row];
    return tr && tr.querySelector('[name="' + sheet + "." + column + '"]:not([type=hidden])');
  }
  problems.addEventListener("click", function (event) {
    var link = event.target.closest('a[href^="#"]'), parts = link && /^#(.+?)-(\d+)-(.+)$/.exec(link.getAttribute("href"));
    var field = parts && find(parts[1], Number(parts[2]), parts[3]);
    if (field) { event.preventDefault(); field.focus(); }
  });

  // ── leaving ──
  form.addEventListener("submit", function () { dirty = false; clearTimeout(waiting); if (control) control.abort(); });
  window.addEventListener("beforeunload", function (event) { if (dirty) { event.preventDefault(); event.returnValue = form.dataset.leave; } });
})();
