// Draws the charts of a report. Each came with its question, its columns and rows, and `draw`: a form, and which column
// is what in it. All texts are set as texts, so that no name can become markup.
'use strict';

const page = JSON.parse(document.getElementById('data').textContent);
const clock = { times: [], at: 0, timer: null };

// ---------------------------------------------------------------- numbers, times, colours

function number(value) {
  const size = Math.abs(value);
  for (const [unit, name] of [[1e12, ' tn'], [1e9, ' bn'], [1e6, ' m']]) {
    if (size >= unit && size < 1e18) return trimmed(value / unit) + name;
  }
  if (size >= 1e18 || (size > 0 && size < 1e-4)) return value.toExponential(2);
  return size >= 1000 ? d3.format(',.0f')(value) : trimmed(value);
}
const trimmed = value => d3.format('.3~r')(value);
const text = value => value === null ? '' : typeof value === 'number' ? cell(value) : String(value);
// In tables: whole numbers, years and seeds as they are.
const cell = value => Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : number(value);

const isDate = value => typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value);
const parsed = value => isDate(value) ? new Date(value + 'T00:00:00Z') : +value;

// One colour for one name of a column, wherever on the page it stands; charts with a choice have colours of their own,
// so that those of one choice differ.
const colours = new Map();
function colour(column, name) {
  if (!colours.has(column)) colours.set(column, new Map());
  const known = colours.get(column);
  if (!known.has(name)) known.set(name, known.size);
  return name === 'others' ? 'var(--faint)' : `var(--c${known.get(name) % 12})`;
}

// ---------------------------------------------------------------- charts as they came

function partsOf(chart) {
  const [form, ...words] = chart.draw.trim().split(/\s+/);
  return { form, ...Object.fromEntries(words.map(word => word.split(/=(.*)/s).slice(0, 2))) };
}
function columnOf(chart, name) {
  const place = chart.columns.indexOf(name);
  if (place < 0) throw new Error(`there is no column '${name}' in its answer`);
  return row => row[place];
}
// The rows that the reader chose, of charts that have a choice.
function chosen(chart, parts) {
  if (!parts.pick) return chart.rows;
  const pick = columnOf(chart, parts.pick);
  return chart.rows.filter(row => text(pick(row)) === chart.choice);
}
const distinct = (rows, value) => Array.from(new Set(rows.map(value)));

// What is drawn over a course: of every panel its series, each with points {x, y}.
function seriesOf(chart, parts) {
  const x = columnOf(chart, parts.x), by = parts.by ? columnOf(chart, parts.by) : null;
  const measures = parts.y.split(',');
  const split = parts.split && parts.split !== 'measures' ? columnOf(chart, parts.split) : null;
  const panels = new Map();
  for (const measure of measures) {
    const y = columnOf(chart, measure);
    for (const row of chosen(chart, parts)) {
      if (y(row) === null) continue;
      const panel = split ? text(split(row)) : parts.split === 'measures' ? measure.replace(/_/g, ' ') : '';
      const name = by ? text(by(row)) : measure.replace(/_/g, ' ');
      if (!panels.has(panel)) panels.set(panel, new Map());
      const series = panels.get(panel);
      if (!series.has(name)) series.set(name, []);
      series.get(name).push({ x: x(row), y: y(row) });
    }
  }
  return { panels, colouredBy: parts.pick ? `${chart.name} ${chart.choice}` : parts.by || chart.name };
}

// ---------------------------------------------------------------- elements

function add(parent, tag, attributes = {}, content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (content !== undefined) element.textContent = content;
  parent.append(element);
  return element;
}
function legend(place, column, names) {
  if (names.length < 2) return;
  const list = add(place, 'div', { class: 'legend' });
  for (const name of names) {
    const entry = add(list, 'span');
    add(entry, 'i', { style: `background:${colour(column, name)}` });
    entry.append(name);
  }
}
function svgIn(place, width, height, label) {
  return d3.select(place).append('svg').attr('viewBox', `0 0 ${width} ${height}`).attr('role', 'img').attr('aria-label', label);
}
// Panels beside one another, as many as fit; a single one has the whole width.
function panelsIn(place, names, draw) {
  const width = place.clientWidth || 700;
  if (names.length === 1) {
    if (names[0]) add(place, 'h4', {}, names[0]);
    draw(place, names[0], width, Math.round(Math.min(300, Math.max(200, width * 0.36))));
    return;
  }
  const gap = 19, least = width < 500 ? 150 : 205;
  const most = Math.max(1, Math.min(names.length, Math.floor((width + gap) / (least + gap))));
  const across = Math.ceil(names.length / Math.ceil(names.length / most));
  const grid = add(place, 'div', { class: 'panels', style: `grid-template-columns:repeat(${across},minmax(0,1fr))` });
  const each = Math.floor((width - gap * (across - 1)) / across);
  for (const name of names) {
    const panel = add(grid, 'div', { class: 'panel' });
    add(panel, 'h4', { title: name }, name);
    draw(panel, name, each, Math.round(Math.max(95, Math.min(170, each * 0.5))));
  }
}

const tip = document.getElementById('tip');
function showTip(event, title, lines) {
  tip.replaceChildren();
  add(tip, 'b', {}, title);
  for (const line of lines) {
    const entry = add(tip, 'div');
    if (line.colour) add(entry, 'i', { style: `background:${line.colour}` });
    entry.append(line.name);
    add(entry, 'span', {}, line.value);
  }
  tip.hidden = false;
  const box = tip.getBoundingClientRect();
  const x = event.clientX + 14 + box.width > innerWidth ? event.clientX - box.width - 14 : event.clientX + 14;
  const y = event.clientY + 14 + box.height > innerHeight ? event.clientY - box.height - 14 : event.clientY + 14;
  tip.style.left = Math.max(4, x) + 'px';
  tip.style.top = Math.max(4, y) + 'px';
}
const hideTip = () => { tip.hidden = true; };

// ---------------------------------------------------------------- scales and axes

const margin = { top: 8, right: 8, bottom: 18, left: 44 };

function xScale(values, width) {
  const dated = isDate(values[0]);
  const scale = dated ? d3.scaleUtc() : d3.scaleLinear();
  const [low, high] = d3.extent(values, parsed);
  scale.domain(low < high ? [low, high] : dated ? [low, +low + 1] : [low - 0.5, high + 0.5]).range([margin.left, width - margin.right]);
  const place = value => scale(parsed(value));
  place.dated = dated;
  place.scale = scale;
  return place;
}
function yScale([low, high], height) {
  [low, high] = low === 0 && high === 0 ? [0, 1] : [Math.min(0, low), Math.max(0, high)];
  return d3.scaleLinear().domain([low, high]).nice(height > 180 ? 8 : 5).range([height - margin.bottom, margin.top]);
}
function drawY(svg, y, width, height) {
  for (const tick of y.ticks(height > 180 ? 5 : 3)) {
    svg.append('line').attr('class', tick === 0 ? 'zero' : 'grid').attr('x1', margin.left).attr('x2', width - margin.right)
      .attr('y1', y(tick)).attr('y2', y(tick));
    svg.append('text').attr('x', margin.left - 6).attr('y', y(tick) + 4).attr('text-anchor', 'end').text(number(tick));
  }
}
// Years, or whatever positions there are: the outer ones, and as many between as there is room for.
function drawX(svg, x, width, height) {
  const label = x.dated ? d3.utcFormat('%Y') : d3.format('~g');
  let ticks = x.scale.ticks(Math.max(2, Math.floor(width / 75)));
  if (x.dated) ticks = ticks.filter(tick => tick.getUTCMonth() === 0 && tick.getUTCDate() === 1);
  else if (x.scale.domain().every(Number.isInteger)) ticks = ticks.filter(Number.isInteger);
  for (const tick of ticks) {
    const at = x.scale(tick);
    const anchor = at > width - 18 ? 'end' : 'middle';
    svg.append('text').attr('x', at).attr('y', height - 4).attr('text-anchor', anchor).text(label(tick));
  }
}
// Where the clock stands, in charts over time.
function drawCursor(svg, x, height) {
  const cursor = svg.append('line').attr('class', 'cursor').attr('y1', margin.top).attr('y2', height - margin.bottom);
  const move = () => {
    const time = clock.times[clock.at];
    const value = x.dated && typeof time === 'number' ? `${time}-01-01` : time;
    const at = time === undefined ? NaN : x(value);
    const inside = at >= x.scale.range()[0] - 1 && at <= x.scale.range()[1] + 1 && clock.moved;
    cursor.attr('visibility', inside ? 'visible' : 'hidden');
    if (inside) cursor.attr('x1', at).attr('x2', at);
  };
  move();
  moving.push(move);
}
let moving = [];

// Says what all series are at the position nearest to the pointer.
function aim(svg, x, width, height, names, series, column) {
  const positions = distinct(names.flatMap(name => series.get(name)), point => point.x).sort((a, b) => d3.ascending(parsed(a), parsed(b)));
  const line = svg.append('line').attr('class', 'aim').attr('y1', margin.top).attr('y2', height - margin.bottom).attr('visibility', 'hidden');
  const values = new Map(names.map(name => [name, new Map(series.get(name).map(point => [point.x, point.y]))]));
  svg.append('rect').attr('width', width).attr('height', height).attr('fill', 'transparent')
    .on('pointermove', function () {
      const event = d3.event;
      const at = d3.mouse(this)[0];
      const nearest = positions[d3.minIndex ? d3.minIndex(positions, p => Math.abs(x(p) - at)) : d3.scan(positions, (a, b) => Math.abs(x(a) - at) - Math.abs(x(b) - at))];
      line.attr('x1', x(nearest)).attr('x2', x(nearest)).attr('visibility', 'visible');
      const lines = names.filter(name => values.get(name).has(nearest))
        .map(name => ({ name, colour: colour(column, name), size: values.get(name).get(nearest), value: number(values.get(name).get(nearest)) }))
        .sort((a, b) => b.size - a.size);
      showTip(event, String(nearest), lines.slice(0, 14));
    })
    .on('pointerleave', () => { line.attr('visibility', 'hidden'); hideTip(); });
}

// ---------------------------------------------------------------- forms

const forms = {};

forms.lines = (chart, parts, place) => {
  const { panels, colouredBy } = seriesOf(chart, parts);
  legend(place, colouredBy, distinct([...panels.values()].flatMap(series => [...series.keys()]), name => name).slice(0, parts.split === 'measures' && !parts.by ? 0 : 14));
  panelsIn(place, [...panels.keys()], (box, panel, width, height) => {
    const series = panels.get(panel), points = [...series.values()].flat();
    const svg = svgIn(box, width, height, `${chart.title} ${panel}`);
    const x = xScale(points.map(point => point.x), width), y = yScale(d3.extent(points, point => point.y), height);
    drawY(svg, y, width, height);
    drawX(svg, x, width, height);
    const path = d3.line().x(point => x(point.x)).y(point => y(point.y));
    for (const [name, of] of series) {
      const stroke = colour(colouredBy, name);
      if (of.length === 1) svg.append('circle').attr('class', 'mark').attr('cx', x(of[0].x)).attr('cy', y(of[0].y)).attr('r', 3).style('fill', stroke);
      else svg.append('path').attr('class', 'mark line').attr('d', path(of)).style('stroke', stroke);
    }
    drawCursor(svg, x, height);
    aim(svg, x, width, height, [...series.keys()], series, colouredBy);
  });
};

// For stacks: a row for every position, with what each series has there.
function stackedRows(series) {
  const rows = new Map();
  for (const [name, points] of series) {
    for (const point of points) {
      if (!rows.has(point.x)) rows.set(point.x, { x: point.x });
      rows.get(point.x)[name] = point.y;
    }
  }
  return [...rows.values()].sort((a, b) => d3.ascending(parsed(a.x), parsed(b.x)));
}
const stack = (rows, names, offset) => d3.stack().keys(names).value((row, name) => row[name] || 0).offset(offset)(rows);
const heightsOf = layers => [d3.min(layers, layer => d3.min(layer, d => d[0])), d3.max(layers, layer => d3.max(layer, d => d[1]))];

forms.area = (chart, parts, place) => {
  const { panels, colouredBy } = seriesOf(chart, parts);
  legend(place, colouredBy, distinct([...panels.values()].flatMap(series => [...series.keys()]), name => name).slice(0, 14));
  panelsIn(place, [...panels.keys()], (box, panel, width, height) => {
    const series = panels.get(panel), rows = stackedRows(series), names = [...series.keys()];
    const layers = stack(rows, names, d3.stackOffsetNone);
    const svg = svgIn(box, width, height, `${chart.title} ${panel}`);
    const x = xScale(rows.map(row => row.x), width), y = yScale([0, heightsOf(layers)[1]], height);
    drawY(svg, y, width, height);
    drawX(svg, x, width, height);
    const single = rows.length === 1;
    const shape = d3.area().x((d, i) => x(rows[i].x)).y0(d => y(d[0])).y1(d => y(d[1]));
    for (const layer of layers) {
      const path = single ? `M${width / 3},${y(layer[0][0])}H${2 * width / 3}V${y(layer[0][1])}H${width / 3}Z` : shape(layer);
      svg.append('path').attr('class', 'mark area').attr('d', path).style('fill', colour(colouredBy, layer.key));
    }
    drawCursor(svg, x, height);
    aim(svg, x, width, height, names, series, colouredBy);
  });
};

forms.columns = (chart, parts, place) => {
  const { panels, colouredBy } = seriesOf(chart, parts);
  legend(place, colouredBy, distinct([...panels.values()].flatMap(series => [...series.keys()]), name => name));
  panelsIn(place, [...panels.keys()], (box, panel, width, height) => {
    const series = panels.get(panel), rows = stackedRows(series), names = [...series.keys()];
    const layers = stack(rows, names, d3.stackOffsetDiverging);
    const svg = svgIn(box, width, height, `${chart.title} ${panel}`);
    const x = d3.scaleBand().domain(rows.map(row => row.x)).range([margin.left, width - margin.right]).padding(0.25);
    const [low, high] = heightsOf(layers);
    const y = yScale([Math.min(0, low), Math.max(0, high)], height);
    drawY(svg, y, width, height);
    const step = Math.ceil(rows.length / Math.max(2, Math.floor(width / 60)));
    rows.forEach((row, i) => {
      if (i % step === 0) svg.append('text').attr('x', x(row.x) + x.bandwidth() / 2).attr('y', height - 4).attr('text-anchor', 'middle').text(String(row.x));
    });
    for (const layer of layers) {
      svg.append('g').style('fill', colour(colouredBy, layer.key)).selectAll('rect').data(layer.filter(d => d[1] !== d[0])).enter().append('rect')
        .attr('class', 'mark').attr('x', d => x(d.data.x)).attr('width', x.bandwidth()).attr('y', d => y(d[1])).attr('height', d => Math.max(0, y(d[0]) - y(d[1])))
        .on('pointermove', d => showTip(d3.event, String(d.data.x), [{ name: layer.key, colour: colour(colouredBy, layer.key), value: number(d.data[layer.key]) }]))
        .on('pointerleave', hideTip);
    }
  });
};

// Rows of bars, of the time on the clock where there is one.
forms.bars = (chart, parts, place) => {
  const name = columnOf(chart, parts.name), value = columnOf(chart, parts.value), by = parts.by ? columnOf(chart, parts.by) : null;
  const rows = atTheTime(chart, parts).slice(0, 40);
  if (by) legend(place, parts.by, distinct(rows, row => text(by(row))));
  if (rows.length === 0) {
    add(place, 'p', { class: 'amount' }, 'None at this time.');
    return;
  }
  const width = place.clientWidth || 700, each = 20, height = rows.length * each;
  const label = Math.min(260, width * 0.42), room = width - label - 62;
  const svg = svgIn(place, width, height, chart.title);
  const values = rows.map(value);
  const x = d3.scaleLinear().domain([Math.min(0, d3.min(values)), Math.max(0, d3.max(values)) || 1]).range([label, label + room]);
  rows.forEach((row, i) => {
    const [left, right] = [x(Math.min(0, value(row))), x(Math.max(0, value(row)))];
    svg.append('text').attr('class', 'label').attr('x', label - 8).attr('y', i * each + 14).attr('text-anchor', 'end').text(shortened(text(name(row)), label / 6.4));
    svg.append('rect').attr('class', 'mark').attr('x', left).attr('width', Math.max(1, right - left)).attr('y', i * each + 3).attr('height', each - 6).attr('rx', 2)
      .style('fill', by ? colour(parts.by, text(by(row))) : 'var(--c0)').append('title').text(`${text(name(row))}: ${number(value(row))}`);
    svg.append('text').attr('class', 'amount').attr('x', right + 5).attr('y', i * each + 14).text(number(value(row)));
  });
};
const shortened = (name, most) => name.length > most ? name.slice(0, Math.max(3, most - 1)) + '…' : name;

function atTheTime(chart, parts) {
  const rows = chosen(chart, parts);
  if (!parts.time) return rows;
  const time = columnOf(chart, parts.time);
  return rows.filter(row => time(row) === clock.times[clock.at]);
}

forms.fan = (chart, parts, place) => {
  const [x, low, mid, high, by] = ['x', 'low', 'mid', 'high', 'by'].map(part => columnOf(chart, parts[part]));
  const split = parts.split ? columnOf(chart, parts.split) : () => '';
  const rows = chosen(chart, parts);
  legend(place, parts.by, distinct(rows, row => text(by(row))));
  panelsIn(place, distinct(rows, row => text(split(row))), (box, panel, width, height) => {
    const own = rows.filter(row => text(split(row)) === panel);
    const svg = svgIn(box, width, height, `${chart.title} ${panel}`);
    const across = xScale(own.map(x), width), up = yScale([d3.min(own, low), d3.max(own, high)], height);
    drawY(svg, up, width, height);
    drawX(svg, across, width, height);
    const series = new Map();
    for (const arm of distinct(own, row => text(by(row)))) {
      const of = own.filter(row => text(by(row)) === arm);
      series.set(arm, of.map(row => ({ x: x(row), y: mid(row) })));
      svg.append('path').attr('class', 'mark band').style('fill', colour(parts.by, arm))
        .attr('d', d3.area().x(row => across(x(row))).y0(row => up(low(row))).y1(row => up(high(row)))(of));
      svg.append('path').attr('class', 'mark line').style('stroke', colour(parts.by, arm)).attr('d', d3.line().x(row => across(x(row))).y(row => up(mid(row)))(of));
    }
    aim(svg, across, width, height, [...series.keys()], series, parts.by);
  });
};

forms.intervals = (chart, parts, place) => {
  const [name, low, mid, high] = ['name', 'low', 'mid', 'high'].map(part => columnOf(chart, parts[part]));
  const split = parts.split ? columnOf(chart, parts.split) : () => '';
  const rows = chosen(chart, parts);
  for (const panel of distinct(rows, row => text(split(row)))) {
    const own = rows.filter(row => text(split(row)) === panel);
    if (panel) add(place, 'h4', {}, panel);
    const width = place.clientWidth || 700, each = 26, height = own.length * each + 20, label = Math.min(200, width * 0.3);
    const svg = svgIn(place, width, height, `${chart.title} ${panel}`);
    const values = own.flatMap(row => [low(row), mid(row), high(row)]).filter(value => value !== null);
    const x = d3.scaleLinear().domain([Math.min(0, d3.min(values)), Math.max(0, d3.max(values))]).nice().range([label + 8, width - 74]);
    for (const tick of x.ticks(Math.max(2, Math.floor((width - label) / 110)))) {
      svg.append('line').attr('class', tick === 0 ? 'zero' : 'grid').attr('x1', x(tick)).attr('x2', x(tick)).attr('y1', 0).attr('y2', height - 18);
      svg.append('text').attr('x', x(tick)).attr('y', height - 4).attr('text-anchor', 'middle').text(number(tick));
    }
    own.forEach((row, i) => {
      const y = i * each + each / 2, shade = colour(parts.name, text(name(row)));
      svg.append('text').attr('class', 'label').attr('x', label).attr('y', y + 4).attr('text-anchor', 'end').text(shortened(text(name(row)), label / 6.4));
      if (low(row) !== null && high(row) !== null)
        svg.append('line').attr('class', 'mark').attr('x1', x(low(row))).attr('x2', x(high(row))).attr('y1', y).attr('y2', y).style('stroke', shade).attr('stroke-width', 3).attr('stroke-linecap', 'round');
      svg.append('circle').attr('class', 'mark').attr('cx', x(mid(row))).attr('cy', y).attr('r', 5).style('fill', shade)
        .append('title').text(`${text(name(row))}: ${number(mid(row))}, from ${text(low(row))} to ${text(high(row))}`);
      svg.append('text').attr('class', 'amount').attr('x', width - 66).attr('y', y + 4).text(number(mid(row)));
    });
  }
};

forms.facts = (chart, parts, place) => {
  const list = add(place, 'dl');
  for (const row of chart.rows) {
    const value = columnOf(chart, parts.value)(row);
    if (value === null || value === '') continue;
    const entry = add(list, 'div', String(value).length > 24 ? { class: 'wide' } : {});
    add(entry, 'dt', {}, text(columnOf(chart, parts.name)(row)));
    add(entry, 'dd', { class: 'mark' }, String(value));
  }
};

forms.table = (chart, parts, place) => {
  const rows = chosen(chart, parts);
  const shown = chart.columns.map((name, i) => i).filter(i => rows.some(row => row[i] !== null && row[i] !== ''));
  const table = add(add(place, 'div', { class: 'scroll' }), 'table');
  const brief = i => rows.every(row => text(row[i]).length <= 24) ? ' brief' : '';
  const numeric = i => rows.every(row => row[i] === null || typeof row[i] === 'number') ? { class: 'number' } : { class: brief(i) };
  const head = add(add(table, 'thead'), 'tr');
  for (const i of shown) add(head, 'th', numeric(i), chart.columns[i]);
  const body = add(table, 'tbody');
  for (const row of rows) {
    const line = add(body, 'tr', { class: 'mark' });
    for (const i of shown) add(line, 'td', numeric(i), text(row[i]));
  }
};

// ---------------------------------------------------------------- flows

// The order in which most of what is paid, over all times, runs forward: each name is moved where that is best, until
// nothing gains. An amount counts by its part of all that its payee receives, so that who lives on whom decides, and not
// the largest loop alone.
function orderOf(rows, from, to, value) {
  const names = distinct(rows.flatMap(row => [text(from(row)), text(to(row))]), name => name).sort();
  const received = d3.nest().key(row => text(to(row))).rollup(of => d3.sum(of, value)).object(rows);
  const paid = new Map();
  for (const row of rows) {
    const key = text(from(row)) + '\n' + text(to(row));
    paid.set(key, (paid.get(key) || 0) + value(row) / received[text(to(row))]);
  }
  const forward = (a, b) => (paid.get(a + '\n' + b) || 0) - (paid.get(b + '\n' + a) || 0);
  for (let moved = true, rounds = 0; moved && rounds < 100; ++rounds) {
    moved = false;
    for (const name of [...names]) {
      const rest = names.filter(other => other !== name);
      let gain = d3.sum(rest, other => forward(name, other)), best = { gain, at: 0 };
      rest.forEach((other, i) => {
        gain -= 2 * forward(name, other);
        if (gain > best.gain + 1e-9) best = { gain, at: i + 1 };
      });
      if (names.indexOf(name) !== best.at) {
        names.splice(0, names.length, ...rest.slice(0, best.at), name, ...rest.slice(best.at));
        moved = true;
      }
    }
  }
  return names;
}

function ribbon(link) {
  const half = Math.max(1, link.width) / 2, [x0, x1] = [link.source.x1, link.target.x0], middle = (x0 + x1) / 2;
  const edge = (side, [from, a], [to, b]) => `${from},${a + side}C${middle},${a + side} ${middle},${b + side} ${to},${b + side}`;
  return `M${edge(-half, [x0, link.y0], [x1, link.y1])}L${edge(half, [x1, link.y1], [x0, link.y0])}Z`;
}

// Beside their boxes; one that would lie over another moves down.
function placeLabels(nodes, width) {
  const placed = [];
  for (const node of [...nodes].sort((a, b) => a.y0 - b.y0)) {
    const length = node.caption.length * 6.8, right = node.x1 + 4 + length < width;
    const box = { left: right ? node.x1 + 4 : node.x0 - 4 - length, y: (node.y0 + node.y1) / 2 + 4 };
    const hit = other => Math.abs(other.y - box.y) < 13 && box.left < other.left + other.length && other.left < box.left + length;
    while (placed.some(hit)) box.y += 2;
    placed.push({ ...box, length });
    node.label = { x: right ? node.x1 + 4 : node.x0 - 4, y: box.y, anchor: right ? 'start' : 'end' };
  }
}

forms.flow = (chart, parts, place) => {
  const [from, to, value] = ['from', 'to', 'value'].map(part => columnOf(chart, parts[part]));
  const order = orderOf(chosen(chart, parts), from, to, value);
  const rank = new Map(order.map((name, i) => [name, i]));
  const rows = atTheTime(chart, parts);
  const width = place.clientWidth || 700, narrow = width < 560, height = narrow ? 560 : 520;
  const nodes = new Map();
  const node = (name, back) => {
    const id = (back ? '<' : '>') + name;
    if (!nodes.has(id)) nodes.set(id, { id, name, back });
    return id;
  };
  const links = rows.map(row => {
    const [payer, payee] = [text(from(row)), text(to(row))];
    const back = rank.get(payee) <= rank.get(payer);
    return { source: node(payer, false), target: node(payee, back), value: chart.roots ? Math.sqrt(value(row)) : value(row), amount: value(row), payer, payee };
  });
  const svg = svgIn(place, width, height, chart.title);
  if (links.length === 0) {
    svg.append('text').attr('x', 4).attr('y', 20).text('Nothing was paid at this time.');
    return;
  }
  const layout = d3.sankey().nodeId(d => d.id).nodeWidth(10).nodePadding(narrow ? 12 : 14).extent([[2, 16], [width - 2, height - 6]])
    .nodeSort((a, b) => rank.get(a.name) - rank.get(b.name));
  const graph = layout({ nodes: [...nodes.values()], links });
  const lines = svg.append('g').selectAll('path').data(graph.links).enter().append('path')
    .attr('class', 'mark link').attr('d', ribbon).style('fill', d => colour('layer', d.payer))
    .on('pointermove', d => showTip(d3.event, `${d.payer} → ${d.payee}`, [{ name: 'paid', value: number(d.amount) }]))
    .on('pointerleave', hideTip);
  lines.append('title').text(d => `${d.payer} → ${d.payee}: ${number(d.amount)}`);
  const boxes = svg.append('g').selectAll('g').data(graph.nodes).enter().append('g').attr('class', d => d.back ? 'node back' : 'node');
  boxes.append('rect').attr('class', 'mark').attr('x', d => d.x0).attr('y', d => d.y0).attr('width', d => d.x1 - d.x0).attr('height', d => Math.max(1, d.y1 - d.y0))
    .style('fill', d => colour('layer', d.name));
  for (const d of graph.nodes) {
    d.paid = d3.sum(graph.links, link => link.source === d ? link.amount : 0);
    d.received = d3.sum(graph.links, link => link.target === d ? link.amount : 0);
    d.caption = narrow ? d.name : `${d.name} ${number(Math.max(d.paid, d.received))}`;
  }
  placeLabels(graph.nodes, width);
  boxes.append('text').attr('class', 'label').attr('x', d => d.label.x).attr('y', d => d.label.y).attr('text-anchor', d => d.label.anchor)
    .text(d => d.name).append('tspan').attr('class', 'amount').text(d => d.caption.slice(d.name.length));
  boxes.on('pointerenter', d => {
    lines.classed('on', link => link.source === d || link.target === d);
    svg.classed('faded', true);
    showTip(d3.event, d.name, [{ name: 'received', value: number(d.received) }, { name: 'paid', value: number(d.paid) }].filter(line => line.value !== '0'));
  }).on('pointerleave', () => { svg.classed('faded', false); hideTip(); });
};

// ---------------------------------------------------------------- figures

function draw(chart) {
  chart.plot.replaceChildren();
  const parts = partsOf(chart);
  if (parts.time) chart.heading.textContent = `${chart.title} – ${clock.times[clock.at]}`;
  try {
    forms[parts.form](chart, parts, chart.plot);
  } catch (error) {
    add(chart.plot, 'p', { class: 'fault' }, `This chart cannot be drawn: ${error.message}`);
  }
}

function tabSeparated(chart) {
  const clean = value => value === null ? '' : String(value).replace(/[\t\n\r]/g, ' ');
  return [chart.columns, ...chart.rows].map(row => row.map(clean).join('\t')).join('\n') + '\n';
}
async function copy(content, button) {
  try {
    await navigator.clipboard.writeText(content);
  } catch (refused) {
    const area = add(document.body, 'textarea', { style: 'position:fixed;opacity:0' });
    area.value = content;
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  const before = button.textContent;
  button.textContent = 'copied';
  setTimeout(() => { button.textContent = before; }, 1200);
}

function addFigure(section, chart) {
  const parts = partsOf(chart);
  const figure = add(section, 'figure', { id: chart.name, 'data-form': parts.form });
  const caption = add(figure, 'figcaption');
  chart.heading = add(caption, 'h3', {}, chart.title);
  if (chart.doc) add(caption, 'p', {}, chart.doc);
  if (parts.pick) addChoice(figure, chart, parts);
  chart.plot = add(figure, 'div', { class: 'plot' });
  if (parts.form === 'table' && chart.rows.length > 8) figure.classList.add('long');
  const tools = add(figure, 'div', { class: 'tools' });
  const shown = add(figure, 'div', { class: 'sql', hidden: '' });
  add(add(shown, 'pre'), 'code', {}, chart.sql);
  const sql = add(tools, 'button', { type: 'button', 'aria-expanded': 'false' }, 'SQL');
  sql.onclick = () => {
    shown.hidden = !shown.hidden;
    sql.setAttribute('aria-expanded', String(!shown.hidden));
  };
  const data = add(tools, 'button', { type: 'button' }, 'copy data');
  data.onclick = () => copy(tabSeparated(chart), data);
  if (parts.form === 'flow') addWidths(tools, chart);
  const query = add(tools, 'button', { type: 'button' }, 'copy SQL');
  query.onclick = () => copy(chart.sql, query);
  add(tools, 'span', {}, `${chart.rows.length} rows`);
}
// Widths are the money, or its square root, which shows small flows beside large ones; `?widths=roots` begins with these.
function addWidths(tools, chart) {
  const button = add(tools, 'button', { type: 'button' });
  const set = roots => {
    chart.roots = roots;
    button.textContent = roots ? 'widths as the money' : 'widths as its square root';
  };
  set(new URLSearchParams(location.search).get('widths') === 'roots');
  button.onclick = () => {
    set(!chart.roots);
    draw(chart);
  };
}
function addChoice(figure, chart, parts) {
  const choices = distinct(chart.rows, row => text(columnOf(chart, parts.pick)(row)));
  chart.choice = choices[0];
  if (choices.length < 2) return;
  const label = add(figure, 'div', { class: 'choice' });
  const select = add(label, 'select', { 'aria-label': parts.pick });
  for (const choice of choices) add(select, 'option', {}, choice);
  select.onchange = () => {
    chart.choice = select.value;
    redraw([chart]);
  };
}

function redraw(charts = page.charts) {
  if (charts === page.charts) moving = [];
  charts.forEach(draw);
}

// ---------------------------------------------------------------- time

function setTime(at) {
  clock.at = at;
  clock.moved = clock.moved || at !== clock.times.length - 1;
  document.getElementById('slide').value = at;
  document.getElementById('now').textContent = String(clock.times[at]);
  redraw(page.charts.filter(chart => partsOf(chart).time));
  moving.forEach(move => move());
}
function play() {
  const button = document.getElementById('play');
  const stop = () => {
    clearInterval(clock.timer);
    clock.timer = null;
    button.textContent = '▶';
    button.setAttribute('aria-label', 'Play');
  };
  if (clock.timer) {
    stop();
    return;
  }
  if (clock.at === clock.times.length - 1) setTime(0);
  button.textContent = '❚❚';
  button.setAttribute('aria-label', 'Pause');
  clock.timer = setInterval(() => {
    setTime(clock.at + 1);
    if (clock.at === clock.times.length - 1) stop();
  }, 900);
}
function addClock() {
  const timed = page.charts.filter(chart => partsOf(chart).time);
  clock.times = distinct(timed.flatMap(chart => chart.rows.map(columnOf(chart, partsOf(chart).time))), time => time).sort(d3.ascending);
  if (clock.times.length < 1) return;
  clock.at = clock.times.length - 1;
  document.getElementById('now').textContent = String(clock.times[clock.at]);
  if (clock.times.length < 2) return;
  const slide = document.getElementById('slide');
  slide.max = clock.times.length - 1;
  slide.value = clock.at;
  slide.oninput = () => setTime(+slide.value);
  document.getElementById('play').onclick = play;
  document.getElementById('clock').hidden = false;
}

// ---------------------------------------------------------------- the page

function addHead() {
  const facts = new Map(page.charts[0].rows.map(row => [row[0], row[1]]));
  const head = document.getElementById('head');
  const isRun = page.subject === 'run';
  add(head, 'p', { class: 'kind' }, isRun ? 'A run of Ondol' : 'An experiment with Ondol');
  add(head, 'h1', {}, document.title);
  const told = isRun
    ? [`seed ${facts.get('seed')}`, facts.get('from') ? `${facts.get('from')} to ${facts.get('to')}` : null, `${facts.get('ticks')} ticks`,
       `${facts.get('agents')} agents`, `ondol ${facts.get('made by ondol')}`, `fingerprint ${facts.get('fingerprint')}`]
    : [`${facts.get('arms')} arms`, `${facts.get('replicates')} replicates`, `${facts.get('runs')} runs`, `ondol ${facts.get('made by ondol')}`];
  add(head, 'p', {}, told.filter(Boolean).join(' · '));
  if (isRun && facts.get('status') !== 'complete') add(head, 'p', { class: 'warning' }, `This run did not complete: ${facts.get('status')}`);
}

function addChapters() {
  const main = document.getElementById('charts'), nav = document.getElementById('chapters');
  const sections = new Map();
  for (const chart of page.charts) {
    if (!sections.has(chart.chapter)) {
      const id = 'chapter-' + (sections.size + 1);
      const section = add(main, 'section', { id });
      add(section, 'h2', {}, chart.chapter);
      add(nav, 'a', { href: '#' + id }, chart.chapter);
      sections.set(chart.chapter, section);
    }
    addFigure(sections.get(chart.chapter), chart);
  }
  const seen = new IntersectionObserver(entries => {
    for (const entry of entries) {
      if (entry.isIntersecting) for (const link of nav.children) link.classList.toggle('here', link.hash === '#' + entry.target.id);
    }
  }, { rootMargin: '-10% 0px -80% 0px' });
  for (const section of sections.values()) seen.observe(section);
}

// `?only=flows,prices` shows these charts and nothing else: for a picture, or a frame in another page.
function keepOnly(names) {
  document.body.classList.add('only');
  page.charts = page.charts.filter(chart => names.includes(chart.name));
}

const only = new URLSearchParams(location.search).get('only');
if (only) keepOnly(only.split(','));
else addHead();
addChapters();
addClock();
redraw();
let width = document.getElementById('charts').clientWidth;
addEventListener('resize', () => {
  if (document.getElementById('charts').clientWidth === width) return;
  width = document.getElementById('charts').clientWidth;
  redraw();
});
add(document.getElementById('foot'), 'p', {}, 'Made by ondol report. Every chart is the answer to the question under “SQL”, asked of the results file. Drawn with D3.');
if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
document.documentElement.dataset.drawn = 'yes';
