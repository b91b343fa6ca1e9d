(function () {
"use strict";
var root = document.documentElement, view = document.getElementById("view"), table = document.getElementById("defects");
root.className += " js";
var SVG = "http://www.w3.org/2000/svg", LINK = "http://www.w3.org/1999/xlink", ACROSS = 36, UP = 18;
function all(selector, within) { return Array.prototype.slice.call((within || document).querySelectorAll(selector)); }
function numbers(text) { return text.split(" ").map(Number); }
function mark(element, name, on) { if (element) { if (on) { element.classList.add(name); } else { element.classList.remove(name); } } }

// what is listed and drawn is chosen by kind and severity
all("#kinds input").forEach(function (box) {
  box.addEventListener("change", function () {
    var which = "[data-k='" + box.getAttribute("data-k") + "'][data-s='" + box.getAttribute("data-s") + "']";
    all("tbody" + which + ", .dots" + which).forEach(function (part) { mark(part, "hidden", !box.checked); });
    all("tbody" + which + " tr[id]").forEach(function (row) {
      var number = row.id.slice(1);
      mark(document.getElementById("m" + number), "hidden", !box.checked);
      mark(document.getElementById("f" + number), "hidden", !box.checked);
      mark(document.querySelector("#ground [data-n='" + number + "']"), "hidden", !box.checked);
    });
    redraw();
  });
});
if (!view) { return; }

// the map: `now` is what part of it is seen
var size = numbers(view.getAttribute("viewBox")), metres = +view.getAttribute("data-m");
var now = { x: 0, y: 0, w: size[2] }, ratio = size[3] / size[2];
var least = Math.max(0.5 / metres, 0.004);
var grids = document.getElementById("grids"), patches = document.getElementById("patches");
var quantum = +grids.getAttribute("data-q");
var place = /translate\(([-\d.e]+) ([-\d.e]+)\)/;
function placed(element) {
  var at = place.exec(element.getAttribute("transform"));
  return { element: element, x: +at[1], y: +at[2], z: +element.getAttribute("data-z") };
}
// the worst come last in the page, so that they are on top
var signs = all(".sign").map(placed).reverse(), labels = all("#labels text").map(placed);
var waiting = false;
function redraw() { if (view && !waiting) { waiting = true; requestAnimationFrame(draw); } }
function draw() {
  waiting = false;
  // `k` keeps signs and names as large on the screen as they are on a map of full size
  view.setAttribute("viewBox", [now.x, now.y, now.w, now.w * ratio].join(" "));
  var k = 1 / view.getScreenCTM().a, zoom = size[2] / now.w, cells = {}, across = ACROSS * k, up = UP * k;
  signs.forEach(function (sign) {
    if (sign.element.classList.contains("hidden")) { return; }
    var cx = Math.floor(sign.x / across), cy = Math.floor(sign.y / up), small = false, i, j;
    for (i = cx - 1; i <= cx + 1; i++) {
      for (j = cy - 1; j <= cy + 1; j++) {
        (cells[i + " " + j] || []).forEach(function (other) {
          if (Math.abs(other.x - sign.x) < across && Math.abs(other.y - sign.y) < up) { small = true; }
        });
      }
    }
    if (sign.element.classList.contains("chosen")) { small = false; }
    if (!small) { (cells[cx + " " + cy] = cells[cx + " " + cy] || []).push(sign); }
    mark(sign.element, "small", small);
    sign.element.setAttribute("transform", "translate(" + sign.x + " " + sign.y + ") scale(" + k * (small ? 0.35 : 1) + ")");
  });
  labels.forEach(function (label) {
    var fits = label.z * k <= 1;
    mark(label.element, "off", !fits);
    if (fits) { label.element.setAttribute("transform", "translate(" + label.x + " " + label.y + ") scale(" + k + ")"); }
  });
  // exact borders lie over the simplified ones only where those would look coarse
  patches.setAttribute("visibility", quantum * zoom > 0.7 ? "visible" : "hidden");
  scale(metres / zoom);
}
// the scale bar has a round length, as on the page without a script
function scale(metresPerPixel) {
  var most = 160 * metresPerPixel, power = Math.pow(10, Math.floor(Math.log(most) / Math.LN10 + 1e-9));
  var length = (most >= 5 * power ? 5 : most >= 2 * power ? 2 : 1) * power, pixels = (length / metresPerPixel).toFixed(2);
  var text = length > 999 ? Math.round(length / 1000) + " km" : length > 0.99 ? Math.round(length) + " m" : Math.round(length * 100) + " cm";
  var bar = document.getElementById("scale"), y = size[3] - 14;
  bar.children[0].setAttribute("d", "M16 " + y + "h" + pixels);
  bar.children[1].setAttribute("d", "M16 " + (y - 7) + "v7h" + pixels + "v-7");
  bar.children[2].textContent = text;
}
function look(x, y, w) {
  now.w = Math.min(Math.max(w, least), size[2] * 1.2);
  now.x = x; now.y = y;
  redraw();
}
function magnify(by, x, y) {
  var w = Math.min(Math.max(now.w / by, least), size[2] * 1.2), done = w / now.w;
  look(x - (x - now.x) * done, y - (y - now.y) * done, w);
}
function whole() { look(0, 0, size[2]); }
function under(event) {
  var point = view.createSVGPoint();
  point.x = event.clientX; point.y = event.clientY;
  return point.matrixTransform(view.getScreenCTM().inverse());
}
window.addEventListener("resize", redraw);
redraw();

// fingers and the mouse
var held = {}, moved = false;
function fingers() { return Object.keys(held).map(function (id) { return held[id]; }); }
view.addEventListener("pointerdown", function (event) {
  if (event.button > 0) { return; }
  held[event.pointerId] = event; moved = false;
});
window.addEventListener("pointermove", function (event) {
  var before = held[event.pointerId];
  if (!before) { return; }
  if (!moved && Math.abs(event.clientX - before.clientX) + Math.abs(event.clientY - before.clientY) < 4) { return; }
  moved = true;
  mark(view, "moving", true);
  var from = fingers();
  held[event.pointerId] = event;
  var to = fingers();
  if (to.length === 1) {
    var a = under(before), b = under(event);
    look(now.x + a.x - b.x, now.y + a.y - b.y, now.w);
  } else if (to.length === 2) {
    var apart = function (two) { return Math.hypot(two[0].clientX - two[1].clientX, two[0].clientY - two[1].clientY) || 1; };
    var middle = under({ clientX: (to[0].clientX + to[1].clientX) / 2, clientY: (to[0].clientY + to[1].clientY) / 2 });
    magnify(apart(to) / apart(from), middle.x, middle.y);
  }
});
["pointerup", "pointercancel"].forEach(function (name) {
  window.addEventListener(name, function (event) { delete held[event.pointerId]; mark(view, "moving", false); });
});
view.addEventListener("click", function (event) { if (moved) { event.preventDefault(); event.stopPropagation(); } }, true);
view.setAttribute("tabindex", "0");
view.addEventListener("wheel", function (event) {
  if (!event.ctrlKey && document.activeElement !== view) { return; }
  event.preventDefault();
  var at = under(event);
  magnify(Math.pow(1.0016, -event.deltaY * (event.deltaMode === 1 ? 30 : 1)), at.x, at.y);
}, { passive: false });
function centre(by) { magnify(by, now.x + now.w / 2, now.y + now.w * ratio / 2); }
view.addEventListener("keydown", function (event) {
  var step = now.w / 8;
  var act = {
    "+": function () { centre(1.5); }, "=": function () { centre(1.5); }, "-": function () { centre(1 / 1.5); }, "0": whole,
    ArrowLeft: function () { look(now.x - step, now.y, now.w); }, ArrowRight: function () { look(now.x + step, now.y, now.w); },
    ArrowUp: function () { look(now.x, now.y - step, now.w); }, ArrowDown: function () { look(now.x, now.y + step, now.w); },
    Escape: function () { view.blur(); }
  }[event.key];
  if (act) { act(); event.preventDefault(); }
});
var buttons = document.createElement("div");
buttons.id = "buttons";
[["+", function () { centre(2); }], ["\u2212", function () { centre(0.5); }], [root.lang === "en" ? "All" : "\u5168\u56fe", whole]].forEach(function (one) {
  var button = document.createElement("button");
  button.type = "button"; button.textContent = one[0];
  button.addEventListener("click", one[1]);
  buttons.appendChild(button);
});
document.getElementById("map").appendChild(buttons);

// a row leads to its place on the map, a sign to its row
function choose(row) {
  all(".chosen").forEach(function (one) { mark(one, "chosen", false); });
  all("#grids .concerned").forEach(function (one) { mark(one, "concerned", false); });
  while (patches.firstChild) { patches.removeChild(patches.firstChild); }
  mark(row, "chosen", true);
  mark(document.getElementById("m" + row.id.slice(1)), "chosen", true);
  (row.getAttribute("data-g") || "").split(" ").forEach(function (number) { if (number) { mark(grids.children[+number], "concerned", true); } });
  (row.getAttribute("data-i") || "").split(";").forEach(function (text) {
    if (!text) { return; }
    var parts = text.split(" "), use = document.createElementNS(SVG, "use");
    use.setAttributeNS(LINK, "xlink:href", "#" + parts[0]);
    ["x", "y", "width", "height"].forEach(function (name, i) { use.setAttribute(name, parts[i + 1]); });
    patches.appendChild(use);
  });
}
function goTo(row) {
  choose(row);
  var box = row.getAttribute("data-b"), inset = row.getAttribute("data-i"), whole;
  if (inset) {
    whole = numbers(inset.split(";")[0]).slice(1);
  } else if (box) {
    box = numbers(box);
    // without a drawing of its own, some ground around it tells where it is
    var around = Math.max(box[2] * 1.5, box[3] * 1.5, 12 / metres);
    whole = [box[0] + box[2] / 2 - around / 2, box[1] + box[3] / 2 - around / 2, around, around];
  } else {
    all("#grids .concerned").forEach(function (path) {
      var b = path.getBBox(), q = quantum;
      var x = b.x * q, y = b.y * q, r = x + b.width * q, l = y + b.height * q;
      whole = whole ? [Math.min(whole[0], x), Math.min(whole[1], y), Math.max(whole[2], r), Math.max(whole[3], l)] : [x, y, r, l];
    });
    if (whole) { whole = [whole[0], whole[1], whole[2] - whole[0], whole[3] - whole[1]]; }
  }
  if (!whole) { return; }
  var w = Math.max(whole[2], whole[3] / ratio) * 1.5;
  look(whole[0] + whole[2] / 2 - w / 2, whole[1] + whole[3] / 2 - w * ratio / 2, w);
  document.getElementById("map").scrollIntoView({ block: "nearest" });
}
if (table) {
  table.addEventListener("click", function (event) {
    var link = event.target.closest("a"), row = event.target.closest("tr[id]");
    if (!row || link && link.getAttribute("href").charAt(1) === "f" || String(window.getSelection())) { return; }
    event.preventDefault();
    goTo(row);
  });
}
view.addEventListener("click", function (event) {
  var sign = event.target.closest(".sign");
  if (!sign) { return; }
  var row = document.getElementById("r" + sign.id.slice(1));
  event.preventDefault();
  choose(row);
  redraw();
  row.scrollIntoView({ block: "center" });
});
}());
