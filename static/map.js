/*
The district map: drawn once by `cmiMap.begin`, changed by `cmiMap.show`. Geometry is fetched by its address and kept, so a
change of choice, language or look sends a few hundred letters and redraws without a flicker. Every text goes in by textContent.
*/
"use strict";
window.cmiMap = (() => {
  const LOOKS = {
    light: {paper: "#f7f3e9", land: "#fdfbf5", water: "#a9cfe3", deep: "#5f9fc2", road: "#ffffff", casing: "#d5cbb5",
            ink: "#17252d", soft: "#52636d", other: "#5d6d78", halo: "#ffffff", fill: .2},
    dark: {paper: "#10181d", land: "#152027", water: "#24516a", deep: "#5fa5c8", road: "#2c3b43", casing: "#1b272e",
           ink: "#eaf0ef", soft: "#a9b8be", other: "#9fb0b8", halo: "#10181d", fill: .28},
    bw: {paper: "#000000", land: "#000000", water: "#555555", deep: "#ffffff", road: "#3a3a3a", casing: "#000000",
         ink: "#ffffff", soft: "#ffffff", other: "#ffffff", halo: "#000000", fill: .12},
    by: {paper: "#000000", land: "#000000", water: "#555500", deep: "#ffff00", road: "#3a3a00", casing: "#000000",
         ink: "#ffff00", soft: "#ffff00", other: "#ffff00", halo: "#000000", fill: .12},
  };
  // Width on the ground in metres and the least width on screen, so that a river stays a river at every zoom.
  const WIDTHS = {river: [95, 4], canal: [16, 2.6], moat: [26, 3.2], road: [22, 2.4]};
  // The candidates stand right of the legend where the frame has room for it.
  const roomy = () => map.getSize().x >= 560;
  const inFront = () => roomy() ? {paddingTopLeft: [52, 18], paddingBottomRight: [40, 22]} : {padding: [14, 22]};
  const QUIET = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const kept = new Map();
  let map, state, base, front, groups, tiles, scale, key, clicks = 0, drawn = {}, shown = "";

  const parts = {};      // layers by name, made when their geometry has come
  const element = (tag, name, text) => {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const name = (properties) => properties[`name_${state.language}`] || properties.name_th || properties.name_en || "";
  const look = () => LOOKS[state.look] || LOOKS.light;
  const plain = () => state.look === "bw" || state.look === "by";
  const fetched = (address) => {
    if (!kept.has(address)) kept.set(address, fetch(address).then((answer) => {
      if (!answer.ok) throw new Error(`${answer.status} ${address}`);
      return answer.json();
    }));
    return kept.get(address);
  };

  // One mark per family: a shape beside the colour, for those who do not see the colour.
  const SHAPES = {
    health: [[-.35, -1], [.35, -1], [.35, -.35], [1, -.35], [1, .35], [.35, .35], [.35, 1], [-.35, 1], [-.35, .35], [-1, .35], [-1, -.35], [-.35, -.35]],
    learning: [[-.85, -.85], [.85, -.85], [.85, .85], [-.85, .85]],
    makers: [[0, -1.15], [.3, -.38], [1.1, -.36], [.47, .14], [.68, .95], [0, .46], [-.68, .95], [-.47, .14], [-1.1, -.36], [-.3, -.38]],
    transport: [[0, -1.1], [1.05, .8], [-1.05, .8]],
    heritage: [[0, -1.15], [1, 0], [0, 1.15], [-1, 0]],
    market: [[0, -1.05], [1.02, -.3], [.63, .9], [-.63, .9], [-1.02, -.3]],
    water: [[0, 1.1], [1.05, -.8], [-1.05, -.8]],
    government: [[-.5, -1], [.5, -1], [1, -.5], [1, .5], [.5, 1], [-.5, 1], [-1, .5], [-1, -.5]],
  };
  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const corners = SHAPES[this.options.family];
      if (!corners || this._empty()) { this._renderer._updateCircle(this); return; }
      const renderer = this._renderer;
      if (!renderer._drawing) return;
      const ctx = renderer._ctx, p = this._point, r = Math.max(Math.round(this._radius), 1);
      ctx.beginPath();
      corners.forEach(([x, y], i) => ctx[i ? "lineTo" : "moveTo"](p.x + x * r, p.y + y * r));
      ctx.closePath();
      renderer._fillStroke(ctx, this);
    },
  });

  // ------------------------------------------------------------------------------------------ the map itself

  function begin(made, config) {
    map = made;
    state = {language: "th", look: "light", words: {}, layers: [], families: [], tips: {}, colours: {}};
    map.createPane("tiles").style.zIndex = 150;
    map.createPane("ground").style.zIndex = 250;
    map.getPane("ground").style.pointerEvents = "none";
    map.createPane("names").style.zIndex = 300;
    map.getPane("names").style.pointerEvents = "none";
    base = L.canvas({pane: "ground", padding: .6});
    front = L.canvas({padding: .6, tolerance: 5});
    groups = Object.fromEntries(["ground", "names", "reach", "places", "landmarks", "labels", "drafts"].map((k) => [k, L.layerGroup().addTo(map)]));
    map.attributionControl.setPrefix(false);
    scale = L.control.scale({imperial: false, maxWidth: 130}).addTo(map);
    scale._updateMetric = function (metres) {
      const round = this._getRoundNum(metres), words = state.words;
      const said = round < 1000 ? `${round} ${words.metre}` : `${round / 1000} ${words.kilometre}`;
      this._updateScale(this._mScale, said, round / metres);
    };
    corner("topright", "cmi-north", (box) => { box.append(element("span"), element("b")); });
    map.zoomControl.setPosition("topright");
    const buttons = corner("topright", "leaflet-bar cmi-buttons", () => {});
    button(buttons, "home", "M4 11l8-7 8 7v9h-5v-6H9v6H4z", () => toFront());
    button(buttons, "print", "M7 8V3h10v5M7 17H4V9h16v8h-3M7 14h10v7H7z", () => window.parent.print());
    key = corner("topleft", "cmi-legend", (box) => { box.append(element("details")); }).firstChild;
    key.append(element("summary"), element("ul"));
    key.open = roomy();
    key.addEventListener("toggle", written);
    const [west, south, east, north] = config.bounds;
    drawn.front = L.latLngBounds([south, west], [north, east]);
    map.fitBounds(drawn.front, {...inFront(), animate: false});
    map.on("zoomend", () => { widths(); });
    map.on("moveend", written);
    // A font may be asked for only once the first names stand: they are wider or narrower in it.
    document.fonts.addEventListener("loadingdone", written);
    document.fonts.ready.then(written);
    // Leaflet gives itself the focus at a press: without this the page would scroll under the finger and the click miss.
    const container = map.getContainer(), focus = container.focus.bind(container);
    container.focus = () => focus({preventScroll: true});
    // The page gives the height; the map follows its frame, also when a phone is turned.
    new ResizeObserver(() => { map.invalidateSize({animate: false}); written(); }).observe(map.getContainer());
    window.addEventListener("beforeprint", () => { key.open = true; });
  }
  function corner(position, className, fill) {
    const Box = L.Control.extend({onAdd() { const box = element("div", className); fill(box); L.DomEvent.disableClickPropagation(box); return box; }});
    return new Box({position}).addTo(map).getContainer();
  }
  function button(box, key, path, act) {
    const made = element("button"), drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    drawing.setAttribute("viewBox", "0 0 24 24"); drawing.setAttribute("aria-hidden", "true");
    drawing.append(document.createElementNS("http://www.w3.org/2000/svg", "path"));
    drawing.firstChild.setAttribute("d", path);
    made.append(drawing); made.type = "button"; made.dataset.word = key;
    made.addEventListener("click", act);
    box.append(made);
  }
  function toFront() { map.flyToBounds(drawn.front, {...inFront(), animate: !QUIET, duration: .6}); }
  function pixels(metres) {
    const size = 40075016.686 * Math.cos(map.getCenter().lat * Math.PI / 180) / 2 ** (map.getZoom() + 8);
    return metres / size;
  }
  function width(kind) { const [metres, least] = WIDTHS[kind] || [10, 2]; return Math.max(pixels(metres), kind === "road" && map.getZoom() < 12 ? 1.4 : least); }

  // ------------------------------------------------------------------------------------------ the city's own base map, where there is one

  /* Drawn under our layers in their colours; its library is loaded when somebody first switches it on. */
  async function basemap() {
    const wanted = state.basemap ? JSON.stringify([state.basemap.url, state.look, state.language]) : "";
    if (parts.below === wanted) return;
    parts.below = wanted;
    if (wanted && !window.protomapsL) await loaded("/assets/vendor/protomaps-leaflet/protomaps-leaflet.js");
    if (parts.below !== wanted) return;
    if (parts.base) { map.removeLayer(parts.base); parts.base = null; }
    if (wanted) parts.base = protomapsL.leafletLayer({url: state.basemap.url, maxDataZoom: state.basemap.most, pane: "tiles", attribution: "",
                                                      lang: state.language, backgroundColor: look().paper, ...drawnAs(look())}).addTo(map);
  }
  const loaded = (address) => new Promise((done, failed) => {
    const script = element("script");
    script.src = address; script.onload = done; script.onerror = () => failed(new Error(address));
    document.head.append(script);
  });
  /* Layers by the names of both common schemas, Protomaps and OpenMapTiles; a layer that is not there is not drawn. */
  function drawnAs(c) {
    const {PolygonSymbolizer, LineSymbolizer, LineLabelSymbolizer} = protomapsL;
    const area = (layer, fill, opacity, kinds) => ({dataLayer: layer, symbolizer: new PolygonSymbolizer({fill, opacity}),
      filter: (_, f) => f.geomType === 3 && (!kinds || kinds.includes(kindOf(f)))});
    const along = (layer, color, widths, kinds) => ({dataLayer: layer, filter: (_, f) => f.geomType === 2 && (!kinds || kinds.includes(kindOf(f))),
      symbolizer: new LineSymbolizer({color, width: (z) => Math.max(.4, widths * 2 ** (z - 15)), lineCap: "round", lineJoin: "round"})});
    const kindOf = (f) => f.props.kind || f.props.class || f.props["pmap:kind"];
    const green = ["park", "forest", "wood", "grass", "nature_reserve", "garden", "recreation_ground", "national_park", "cemetery", "golf_course"];
    const large = ["highway", "major_road", "motorway", "trunk", "primary", "secondary"], middle = ["medium_road", "tertiary"];
    const roads = ["roads", "transportation"].flatMap((layer) => [
      along(layer, c.casing, 4.6), along(layer, c.casing, 9, middle), along(layer, c.casing, 13, large),
      along(layer, c.road, 3.2), along(layer, c.road, 7, middle), along(layer, c.road, 11, large)]);
    const paintRules = [area("earth", c.land, 1), ...["landuse", "landcover", "park"].map((layer) => area(layer, plain() ? c.soft : "#7fae6a", plain() ? .12 : .25, green)),
      area("water", c.water, 1), along("water", c.water, 4), along("waterway", c.water, 4), ...["buildings", "building"].map((layer) => area(layer, c.soft, .16)), ...roads];
    const labelRules = ["roads", "transportation_name"].map((layer) => ({dataLayer: layer, minzoom: 15,
      symbolizer: new LineLabelSymbolizer({labelProps: [`name:${state.language}`, "name"], fill: c.soft, stroke: c.paper, width: 3, font: "12px Sarabun"})}));
    return {paintRules, labelRules};
  }

  // ------------------------------------------------------------------------------------------ base layers of our own

  function ground(data) {
    parts.ground = [];
    const wanted = (kind) => state.layers.includes(kind === "road" ? "roads" : "water");
    const order = {road: 0, moat: 1, canal: 2, river: 3};
    const features = data.features.filter((f) => wanted(f.properties.kind)).sort((a, b) => order[a.properties.kind] - order[b.properties.kind]);
    groups.ground.clearLayers();
    const line = (feature, style) => L.geoJSON(feature, {interactive: false, style: {renderer: base, pane: "ground", lineCap: "round", lineJoin: "round", fill: false, ...style}}).addTo(groups.ground);
    for (const pass of ["casing", "road"]) {
      for (const f of features.filter((f) => f.properties.kind === "road")) {
        parts.ground.push([line(f, {color: look()[pass]}), "road", pass === "casing" ? 2.2 : 0]);
      }
    }
    for (const f of features.filter((f) => f.properties.kind !== "road")) {
      const area = f.geometry.type === "Polygon";
      parts.ground.push([line(f, {color: look().water, fill: area, fillColor: look().land, fillOpacity: area ? .75 : 0}), f.properties.kind, 0]);
    }
    parts.named = features;
    widths(); written();
  }
  function widths() {
    for (const [layer, kind, more] of parts.ground || []) layer.setStyle({weight: width(kind) + more});
    if (parts.landmarks) parts.landmarks.eachLayer((mark) => mark.setRadius(size()));
  }
  const size = () => Math.max(3.4, Math.min(9, (map.getZoom() - 9) * 1.25 + (plain() ? .6 : 0)));

  // ------------------------------------------------------------------------------------------ names that stand clear

  /* Everything written on the map is placed anew when the view has come to rest: districts first, then rivers and roads. */
  function written() {
    if (!map || !state.words.metre) return;
    const taken = controls();
    names(taken, labels(taken));
  }
  /* What lies over the map: a name under the legend or the buttons is not read. */
  function controls() {
    const frame = map.getContainer().getBoundingClientRect();
    return [...document.querySelectorAll(".leaflet-control")].map((box) => box.getBoundingClientRect()).filter((r) => r.width)
      .map((r) => ({x: r.left - frame.left, y: r.top - frame.top, w: r.width, h: r.height}));
  }
  const shared = (a, b) => Math.max(0, Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x)) * Math.max(0, Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y));
  const around = (x, y, w, h, more = 0) => ({x: x - w / 2 - more, y: y - h / 2 - more, w: w + 2 * more, h: h + 2 * more});
  const touched = (box, others) => others.reduce((sum, other) => sum + shared(box, other), 0) / (box.w * box.h);

  /* A district's name stands in its middle, or beside it where it would cover marks, another name or another district. */
  function labels(taken) {
    const size = map.getSize(), screen = {x: 0, y: 0, w: size.x, h: size.y}, told = [];
    const marks = parts.landmarks ? parts.landmarks.getLayers().filter((mark) => mark._point && map.hasLayer(mark)).map((mark) => map.latLngToContainerPoint(mark.getLatLng())) : [];
    const near = marks.filter((at) => at.x > 0 && at.y > 0 && at.x < size.x && at.y < size.y);
    const order = [...(parts.labels || [])].sort((a, b) => b.chosen - a.chosen || a.rank - b.rank);
    for (const label of order) {
      const middle = map.latLngToContainerPoint(label.at), span = label.span, seen = inView(label.layer, size);
      span.style.visibility = seen.length ? "visible" : "hidden";
      if (!seen.length) continue;
      const low = {x: Math.min(...seen.map((at) => at.x)), y: Math.max(...seen.map((at) => at.y))}, high = {x: Math.max(...seen.map((at) => at.x)), y: Math.min(...seen.map((at) => at.y))};
      const w = span.offsetWidth, h = span.offsetHeight, cx = (low.x + high.x) / 2, cy = (low.y + high.y) / 2;
      const offered = [[middle.x, middle.y, 0], [cx, high.y - h / 2 - 4, 1], [cx, low.y + h / 2 + 4, 1], [low.x - w / 2 - 6, cy, 1.4], [high.x + w / 2 + 6, cy, 1.4],
                       [low.x - w / 2 + 12, high.y, 1.8], [high.x + w / 2 - 12, high.y, 1.8], [low.x - w / 2 + 12, low.y, 1.8], [high.x + w / 2 - 12, low.y, 1.8],
                       ...seen.filter((_, i) => i % Math.ceil(seen.length / 16) === 0).flatMap((at) => [[at.x - w / 2 - 8, at.y, 2.2], [at.x + w / 2 + 8, at.y, 2.2], [at.x, at.y - h / 2 - 6, 2.4], [at.x, at.y + h / 2 + 6, 2.4]])];
      let best = null;
      for (const [x, y, price] of offered) {
        const box = around(x, y, w, h), wide = around(x, y, w, h, 4);
        const covered = near.length > 600 ? 0 : near.filter((at) => at.x > wide.x && at.x < wide.x + wide.w && at.y > wide.y && at.y < wide.y + wide.h).length;
        const at = map.containerPointToLayerPoint([x, y]);
        const strange = (parts.labels || []).some((other) => other !== label && other.layer._containsPoint && other.layer._containsPoint(at)) ? 3 : 0;
        const hidden = 1 - shared(box, screen) / (w * h);
        const cost = price + covered * 1.6 + strange + touched(wide, taken) * 60 + hidden * 40;
        if (!best || cost < best.cost) best = {cost, x, y, box};
      }
      const crowded = label.rank > 1 && !label.chosen && (best.cost > 4 || touched(best.box, taken) > .12);
      span.style.left = `${Math.round(best.x - middle.x)}px`; span.style.top = `${Math.round(best.y - middle.y)}px`;
      span.style.visibility = crowded ? "hidden" : "visible";
      if (crowded || !shared(best.box, screen)) continue;
      taken.push(best.box); told.push(span.textContent);
    }
    return told;
  }

  /* The corners of what the screen shows of an outline; none where it shows nothing. */
  function inView(layer, size) {
    const rings = layer.feature.geometry.type === "Polygon" ? [layer.getLatLngs()[0]] : layer.getLatLngs().map((part) => part[0]);
    const frame = L.bounds([0, 0], size);
    return rings.flatMap((ring) => L.PolyUtil.clipPolygon(ring.map((at) => map.latLngToContainerPoint(at)), frame, true));
  }
  // Along rivers and roads: on the piece nearest the middle of the screen, turned with it; never the name of a district again.
  function names(taken, told) {
    groups.names.clearLayers();
    if (!parts.named || !state.layers.includes("names")) return;
    const seen = map.getBounds().pad(-.06), middle = map.getSize().divideBy(2), zoom = map.getZoom();
    for (const feature of parts.named) {
      const kind = feature.properties.kind, said = shortName(name(feature.properties));
      if (kind === "moat" || (kind === "road" && zoom < 14) || zoom < 12 || told.includes(said)) continue;
      const points = feature.geometry.coordinates.map(([x, y]) => L.latLng(y, x)), w = wide(said, kind);
      let best = null;
      for (let i = 1; i < points.length; i += 1) {
        const a = map.latLngToContainerPoint(points[i - 1]), b = map.latLngToContainerPoint(points[i]);
        const at = L.point((a.x + b.x) / 2, (a.y + b.y) / 2), long = a.distanceTo(b);
        if (!seen.contains(map.containerPointToLatLng(at)) || long < 24) continue;
        let angle = Math.atan2(b.y - a.y, b.x - a.x);
        if (angle > Math.PI / 2) angle -= Math.PI; else if (angle < -Math.PI / 2) angle += Math.PI;
        const c = Math.abs(Math.cos(angle)), s = Math.abs(Math.sin(angle));
        const box = around(at.x, at.y, w * c + 18 * s, w * s + 18 * c, 3);
        if (touched(box, taken) > 0) continue;
        const far = at.distanceTo(middle) - Math.min(long, 260) * .8;
        if (!best || far < best.far) best = {far, at, angle, box};
      }
      if (!best) continue;
      taken.push(best.box);
      const text = element("span", "", said);
      text.style.transform = `translate(-50%,-50%) rotate(${(best.angle * 180 / Math.PI).toFixed(1)}deg)`;
      const icon = L.divIcon({className: `cmi-name cmi-${kind}`, html: text, iconSize: [0, 0]});
      L.marker(map.containerPointToLatLng(best.at), {icon, pane: "names", interactive: false, keyboard: false}).addTo(groups.names);
    }
  }
  const pen = document.createElement("canvas").getContext("2d");
  function wide(text, kind) { pen.font = kind === "road" ? "12.5px Sarabun" : "600 14px Sarabun"; return pen.measureText(text).width * (kind === "road" ? 1 : 1.06); }
  const shortName = (long) => long.replace(/\s*\(.*?\)\s*/g, "").trim();

  // ------------------------------------------------------------------------------------------ districts

  const colour = (properties) => plain() ? look().ink : state.colours[properties.place] || look().other;
  const DASHES = {indicative: "8 6", user: "14 5 3 5"};      // only an official boundary has a whole line
  const chosenOne = (place) => place === state.place || state.compare.includes(place);
  function outlineStyle(feature) {
    const p = feature.properties, chosen = chosenOne(p.place);
    return {
      color: colour(p), weight: chosen ? 4.5 : p.rank === 1 ? 2.8 : 1.8, opacity: 1, lineJoin: "round",
      dashArray: chosen && p.boundary === "indicative" ? "11 7" : DASHES[p.boundary] || null,
      fill: true, fillColor: colour(p), fillOpacity: (p.rank === 1 ? look().fill : look().fill * .3) + (chosen ? .13 : 0),
    };
  }
  function districts(data) {
    const wanted = (f) => f.properties.rank === 1 ? state.layers.includes("front") : state.layers.includes("others");
    const features = data.features.filter((f) => wanted(f) || f.properties.place === state.place).sort((a, b) => b.properties.rank - a.properties.rank);
    const same = !changed("places", state.urls.places, state.look, state.language, state.tips, state.layers.includes("labels"), features.map((f) => f.properties.place));
    if (same) { highlight(); return; }
    groups.places.clearLayers(); groups.labels.clearLayers();
    parts.labels = [];
    parts.places = L.geoJSON({type: "FeatureCollection", features}, {
      style: (f) => ({renderer: front, ...outlineStyle(f)}),
      onEachFeature(f, layer) {
        layer.on("click", () => choose(f.properties.place));
        layer.on("mouseover", () => layer.setStyle({fillOpacity: outlineStyle(f).fillOpacity + .1}));
        layer.on("mouseout", () => layer.setStyle(outlineStyle(f)));
        if (state.layers.includes("labels")) parts.labels.push(label(f.properties, layer));
      },
    }).bindTooltip((layer) => tip(name(layer.feature.properties), state.tips[layer.feature.properties.place] || []), {sticky: true, className: "cmi-tip", direction: "top", offset: [0, -6]})
      .addTo(groups.places);
    highlight();
  }
  function label(p, layer) {
    const span = element("span", "", shortName(name(p)));
    if (!plain()) span.style.setProperty("--district", colour(p));
    const icon = L.divIcon({className: `cmi-label cmi-rank-${p.rank}`, html: span, iconSize: [0, 0]});
    const marker = L.marker([p.lat, p.lon], {icon, keyboard: true, title: name(p), alt: name(p), zIndexOffset: p.rank === 1 ? 500 : 0})
      .on("click", () => choose(p.place)).addTo(groups.labels);
    // A press would move the focus, the page would scroll to it, and the click would miss. Tab still reaches the label.
    marker.getElement().addEventListener("mousedown", (event) => event.preventDefault());
    marker.getElement().addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(p.place); }
    });
    return {span, marker, layer, place: p.place, rank: p.rank, at: L.latLng(p.lat, p.lon), chosen: false};
  }
  /* Says again which are chosen, on what is there: nothing is taken away, so nothing flickers and the focus stays. */
  function highlight() {
    parts.places.eachLayer((layer) => layer.setStyle(outlineStyle(layer.feature)));
    for (const label of parts.labels) {
      label.chosen = chosenOne(label.place);
      const box = label.marker.getElement();
      box.classList.toggle("cmi-chosen", label.chosen);
      box.setAttribute("aria-pressed", String(label.chosen));
      label.marker.setZIndexOffset((label.chosen ? 900 : 0) + (label.rank === 1 ? 500 : 0));
    }
    written();
  }
  function reach(data) {
    groups.reach.clearLayers();
    if (!data) return;
    for (const f of data.features.filter((f) => f.properties.place === state.place || state.compare.includes(f.properties.place))) {
      const ring = L.geoJSON(f, {interactive: false, style: {renderer: front, color: colour(f.properties), weight: 1.6, opacity: .85, dashArray: "1 6", lineCap: "round", fill: false}}).addTo(groups.reach);
      const [middle, top] = f.geometry.coordinates.flat(f.geometry.type === "Polygon" ? 1 : 2).reduce((best, at) => at[1] > best[1] ? at : best);
      const metres = f.properties.metres;
      const said = metres < 1000 ? `${metres} ${state.words.metre}` : `${metres / 1000} ${state.words.kilometre}`;
      const icon = L.divIcon({className: "cmi-ring", html: element("span", "", said), iconSize: [0, 0]});
      L.marker([top, middle], {icon, interactive: false, keyboard: false}).addTo(groups.reach);
    }
  }
  function choose(place) {
    if (state.draw) return;
    clicks += 1;
    drawn.clicked = place;
    window.Streamlit.setComponentValue({place, clicks});
    // What was clicked is set off at once; the card comes from the server.
    state = {...state, place};
    highlight(); rings();
  }
  function rings() {
    const asked = state;
    if (!state.layers.includes("reach") || !(state.place || state.compare.length)) { reach(null); return null; }
    return fetched(state.urls.reach).then((data) => { if (asked === state) { reach(data); behind(); } });
  }

  // ------------------------------------------------------------------------------------------ drawing a proposal

  const WHOLE = {point: 1, line: 2, area: 3};
  let sketch = [], pencil;      // the corners of what is being drawn
  function drawing() {
    document.documentElement.toggleAttribute("data-draw", Boolean(state.draw));
    if (!state.draw) return;
    if (!pencil) {
      pencil = L.layerGroup().addTo(map);
      const box = corner("topright", "leaflet-bar cmi-buttons", () => {});
      button(box, "draw_back", "M9 7L4 12l5 5M4 12h10a5 5 0 0 1 0 10", () => { sketch.pop(); sketched(); });
      button(box, "draw_clear", "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13", () => { sketch = []; sketched(); });
      map.on("click", (event) => {
        if (!state.draw) return;
        if (state.draw === "point") sketch = [];
        sketch.push(event.latlng); sketched();
      });
      map.doubleClickZoom.disable();
    }
    if (pencil.turn !== state.turn || pencil.kind !== state.draw) { pencil.turn = state.turn; pencil.kind = state.draw; pencil.typed = ""; sketch = []; line(); }
    if (state.typed && pencil.typed !== state.typed) {
      pencil.typed = state.typed;
      const {type, coordinates} = JSON.parse(state.typed);
      const pairs = type === "Point" ? [coordinates] : type === "Polygon" ? coordinates[0].slice(0, -1) : coordinates;
      sketch = pairs.map(([x, y]) => L.latLng(y, x)); line();
      const found = L.latLngBounds(sketch);
      if (!map.getBounds().contains(found)) map.fitBounds(found, {padding: [40, 40], maxZoom: 15, animate: !QUIET});
    }
    pencil.typed = state.typed;
  }
  /* The sketch as it stands: its line, and a handle on each corner that can be dragged. */
  function line() {
    pencil.clearLayers();
    const style = {renderer: front, color: plain() ? look().ink : state.draftColour, weight: 3, dashArray: "2 6", lineCap: "round", fillOpacity: .15, interactive: false};
    const shape = sketch.length > 1 ? (state.draw === "area" ? L.polygon(sketch, style) : L.polyline(sketch, style)).addTo(pencil) : null;
    sketch.forEach((at, number) => {
      const icon = L.divIcon({className: "cmi-corner", iconSize: [26, 26]});
      L.marker(at, {icon, draggable: true, keyboard: false, autoPan: true, zIndexOffset: 1000}).addTo(pencil)
        .on("drag", (event) => { sketch[number] = event.target.getLatLng(); if (shape) shape.setLatLngs(sketch); })
        .on("dragend", sketched).on("click", (event) => L.DomEvent.stop(event));
    });
  }
  function sketched() {
    line();
    const pairs = sketch.map((at) => [Number(at.lng.toFixed(6)), Number(at.lat.toFixed(6))]);
    const made = {point: () => ({type: "Point", coordinates: pairs[0]}), line: () => ({type: "LineString", coordinates: pairs}),
                  area: () => ({type: "Polygon", coordinates: [[...pairs, pairs[0]]]})}[state.draw];
    clicks += 1;
    window.Streamlit.setComponentValue({drawing: pairs.length >= WHOLE[state.draw] ? JSON.stringify(made()) : "", after: state.typed || "", clicks});
  }

  // ------------------------------------------------------------------------------------------ landmarks

  function landmarks(data) {
    groups.landmarks.clearLayers();
    const serves = state.serves === "all" ? null : state.serves;
    const features = data.features.filter((f) => state.families.includes(f.properties.family));
    parts.families = [...new Set(data.features.map((f) => f.properties.family))];
    parts.landmarks = L.geoJSON({type: "FeatureCollection", features}, {
      pointToLayer(f, at) {
        const p = f.properties, on = !serves || p.serves.includes(serves);
        return new Mark(at, {
          renderer: front, family: p.family, radius: size(), weight: plain() ? 1 : 1.6, color: plain() ? look().paper : look().halo,
          fillColor: plain() ? look().ink : state.familyColours[p.family] || look().soft, fillOpacity: on ? 1 : .16, opacity: on ? 1 : .3,
        });
      },
    }).bindTooltip((layer) => {
      const p = layer.feature.properties;
      const lines = [state.words.categories[p.category] || p.category];
      for (const tie of p.serves) if (state.words.targets[tie]) lines.push(`${state.words.serves} ${state.words.targets[tie]}`);
      if (p.accuracy_m) lines.push(`± ${p.accuracy_m} ${state.words.metre}`);
      return tip(name(p), lines);
    }, {className: "cmi-tip", direction: "top", offset: [0, -8]}).addTo(groups.landmarks);
  }
  function drafts(data) {
    groups.drafts.clearLayers();
    if (!data) return;
    L.geoJSON(data, {
      style: {renderer: front, color: plain() ? look().ink : state.draftColour, weight: 3, dashArray: "2 6", lineCap: "round", fillOpacity: .12},
      pointToLayer: (f, at) => L.circleMarker(at, {renderer: front, radius: 8, weight: 3}),
    }).bindTooltip((layer) => {
      const p = layer.feature.properties;
      return tip(p.title, [state.words.proposal, state.words.themes[p.theme], p[`by_${state.language}`]].filter(Boolean));
    }, {sticky: true, className: "cmi-tip"}).addTo(groups.drafts);
  }
  function tip(title, lines) {
    const box = element("div");
    box.append(element("b", "", title));
    for (const text of lines) box.append(element("span", "", text));
    return box;
  }

  // ------------------------------------------------------------------------------------------ one change

  async function show(next) {
    const before = state;
    state = {compare: [], ...next};
    dress();
    const has = (layer) => state.layers.includes(layer);
    try {
      const [context, places] = await Promise.all([fetched(state.urls.context), fetched(state.urls.places)]);
      if (next !== latest) return;      // a newer choice has come meanwhile
      // Only what differs is drawn anew: with thousands of points a change of district costs as little as with sixty.
      if (changed("ground", state.urls.context, state.look, state.language, has("water"), has("roads"), has("names"))) ground(context);
      districts(places); drawing(); dress();
      move(before, places);
      const [points, drafted] = await Promise.all([
        has("landmarks") ? fetched(state.urls.landmarks) : null,
        has("proposals") && state.urls.proposals ? fetched(state.urls.proposals) : null,
        rings(),
      ]);
      if (next !== latest) return;
      if (changed("landmarks", state.urls.landmarks, Boolean(points), state.look, state.families, state.serves)) {
        if (points) landmarks(points); else { groups.landmarks.clearLayers(); parts.landmarks = null; }
        written();
      }
      drafts(drafted); behind(); legend();
      document.documentElement.dataset.ready = String(++drawn.times);
      if (has("reach")) fetched(state.urls.reach);      // before it is asked for: a first choice then waits for nothing
    } catch (problem) {
      corner("bottomright", "cmi-problem", (box) => box.append(element("span", "", state.words.problem)));
      console.error(problem);
    }
  }
  const keys = {};
  function changed(part, ...of) {
    const key = JSON.stringify(of), other = keys[part] !== key;
    keys[part] = key;
    return other;
  }
  /* Outlines below the rings, rings below the marks; candidates above the others. */
  function behind() {
    groups.reach.eachLayer((layer) => { if (layer.bringToBack) layer.bringToBack(); });
    (parts.places ? parts.places.getLayers() : []).reverse().forEach((layer) => layer.bringToBack());
  }
  drawn.times = 0;
  let latest = null;
  function dress() {
    const root = document.documentElement, c = look();
    root.lang = state.language; root.dataset.look = state.look;
    for (const [key, value] of Object.entries(c)) root.style.setProperty(`--map-${key}`, value);
    root.style.setProperty("--map-draft", state.draftColour || c.ink);
    map.getContainer().setAttribute("aria-label", state.words.alt);
    map.getContainer().setAttribute("role", "region");
    try { window.frameElement.title = state.words.alt; } catch (_) { /* another origin may frame us; then the title stays */ }
    for (const made of document.querySelectorAll(".cmi-buttons button")) { made.title = state.words[made.dataset.word]; made.setAttribute("aria-label", made.title); }
    const zoom = map.zoomControl;
    if (zoom) for (const [part, key] of [["_zoomInButton", "zoom_in"], ["_zoomOutButton", "zoom_out"]]) { zoom[part].title = state.words[key]; zoom[part].setAttribute("aria-label", state.words[key]); }
    document.querySelector(".cmi-north b").textContent = state.words.north;
    document.querySelector(".cmi-north").setAttribute("aria-label", state.words.north_alt);
    map.attributionControl._container.textContent = state.words.credit;
    scale._update();
    legend();
    basemap().catch((problem) => console.error(problem));
    if (state.tiles && !tiles) tiles = L.tileLayer(state.tiles, {pane: "tiles", maxZoom: 19, opacity: .75}).addTo(map);
    if (!state.tiles && tiles) { map.removeLayer(tiles); tiles = null; }
  }
  /* The signs that are on the map now, in words; only what is shown is explained. */
  function legend() {
    const kinds = (parts.places ? parts.places.getLayers() : []).map((layer) => layer.feature.properties.boundary), there = parts.families || state.families;
    if (!changed("legend", state.language, state.look, state.layers, state.families, kinds, there)) return;
    const has = (layer) => state.layers.includes(layer), list = key.querySelector("ul"), words = state.words.legend;
    key.querySelector("summary").textContent = words.title;
    key.setAttribute("aria-label", words.title);
    list.replaceChildren();
    const row = (sign, text) => { const line = element("li"); line.append(sign, element("span", "", text)); list.append(line); };
    if (has("landmarks")) for (const family of state.families) if (there.includes(family)) row(sign(family), words.families[family]);
    const lines = {indicative: kinds.includes("indicative"), user: kinds.includes("user"), official: kinds.includes("official"),
                   reach: has("reach"), water: has("water"), road: has("roads"), proposal: has("proposals")};
    for (const [line, on] of Object.entries(lines)) if (on) row(element("i", `cmi-line cmi-line-${line}`), words.lines[line]);
  }
  function sign(family) {
    const drawing = document.createElementNS("http://www.w3.org/2000/svg", "svg"), corners = SHAPES[family];
    const shape = document.createElementNS("http://www.w3.org/2000/svg", corners ? "polygon" : "circle");
    drawing.setAttribute("viewBox", "-1.3 -1.3 2.6 2.6"); drawing.setAttribute("aria-hidden", "true");
    if (corners) shape.setAttribute("points", corners.map((at) => at.join(",")).join(" ")); else shape.setAttribute("r", "1");
    shape.setAttribute("fill", plain() ? look().ink : state.familyColours[family] || look().soft);
    drawing.append(shape);
    return drawing;
  }
  function move(before, places) {
    const wanted = [state.place, ...state.compare].filter(Boolean).join(",");
    if (wanted === shown) return;
    const first = shown === "" && drawn.times === 0;
    shown = wanted;
    if (!wanted || drawn.clicked === state.place) { drawn.clicked = null; return; }   // the reader is there already
    const found = L.geoJSON({type: "FeatureCollection", features: places.features.filter((f) => wanted.split(",").includes(f.properties.place))}).getBounds();
    if (!found.isValid()) return;
    const beside = key.open && roomy() ? key.parentElement.offsetWidth : 0;
    const options = {paddingTopLeft: [beside + 40, 46], paddingBottomRight: [62, 46], maxZoom: 14.5};
    if (first || QUIET) map.fitBounds(found, {...options, animate: false}); else map.flyToBounds(found, {...options, duration: .7});
  }
  return {begin, show(next) { latest = next; return show(next); }, state: () => state, map: () => map,
          outlines: () => Object.fromEntries(parts.places.getLayers().map((layer) => [layer.feature.properties.place, layer.options.weight]))};
})();
