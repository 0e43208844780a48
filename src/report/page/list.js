(function () {
  "use strict";
  var by = function (id) { return document.getElementById(id); };
  var form = by("f"), body = by("t") && by("t").tBodies[0];
  if (!form || !body) return;
  var rows = Array.prototype.slice.call(body.rows);
  var texts = rows.map(function (row) { return row.textContent.toLowerCase(); });
  var order = rows.map(function (_, at) { return at; });
  var last = -1;
  for (var at = 0; at < rows[0].cells.length; at++) if (at === rows[0].cells.length - 1) last = at;
  function show() {
    var office = by("fo").value, scheme = by("fs").value, words = by("fq").value.toLowerCase(), count = 0;
    rows.forEach(function (row, at) {
      var fits = (!office || row.dataset.o.indexOf(office) === 0 || row.dataset.u === office) &&
        (!scheme || row.cells[5].textContent === scheme) && (!words || texts[at].indexOf(words) >= 0);
      row.hidden = !fits;
      if (fits) count++;
    });
    by("fn").textContent = by("fn").dataset.t.replace("{count}", count);
    var state = [office, scheme, by("fr").value, words];
    history.replaceState(null, "", "#list?" + state.map(encodeURIComponent).join("&"));
  }
  function sort() {
    var key = by("fr").value;
    var value = function (at) {
      return key === "m" ? -Number(rows[at].dataset.m) : key === "d" ? rows[at].cells[last].textContent : at;
    };
    order.sort(function (a, b) {
      var x = value(a), y = value(b);
      return x < y ? -1 : x > y ? 1 : a - b;
    });
    var all = document.createDocumentFragment();
    order.forEach(function (at) { all.appendChild(rows[at]); });
    body.appendChild(all);
  }
  form.hidden = false;
  var state = location.hash.indexOf("#list?") === 0 ? location.hash.slice(6).split("&").map(decodeURIComponent) : [];
  ["fo", "fs", "fr", "fq"].forEach(function (id, at) {
    if (state[at]) by(id).value = state[at];
    by(id).addEventListener("input", function () { if (id === "fr") sort(); show(); });
  });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  document.querySelectorAll(".town a").forEach(function (link) {
    link.addEventListener("click", function (event) {
      event.preventDefault();
      var office = by("fo"), code = link.dataset.o;
      if (![].some.call(office.options, function (one) { return one.value === code; })) office.add(new Option(code, code));
      office.value = code;
      show();
      by("list").scrollIntoView();
    });
  });
  if (state.length) { sort(); show(); } else by("fn").textContent = by("fn").dataset.t.replace("{count}", rows.length);
})();
