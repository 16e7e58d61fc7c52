// Draws the panels of the Grafana dashboard as Grafana lays them out, from what Prometheus answered: `shown` has a panel and the
// results of its targets each. A picture to look at, in place of Grafana, which the tests do not have.
const CELL = { width: 1400 / 24, height: 30 };

const nameOf = (legend, metric) => (legend || JSON.stringify(metric)).replace(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? '').trim();

const place = (element, at) => Object.assign(element.style, {
  position: 'absolute', left: `${at.x * CELL.width}px`, top: `${at.y * CELL.height}px`,
  width: `${at.w * CELL.width - 8}px`, height: `${at.h * CELL.height - 8}px`,
});

const seriesOf = ({ panel, results }) => results.flatMap((result, n) => result.map(one => ({
  type: 'line', showSymbol: false, name: nameOf(panel.targets[n].legendFormat, one.metric),
  data: (one.values ?? [one.value]).map(([time, value]) => [time * 1000, Number(value)]),
})));

function chart(element, entry) {
  echarts.init(element).setOption({
    animation: false,
    title: { text: entry.panel.title, textStyle: { fontSize: 12 } },
    grid: { left: 50, right: 10, top: 30, bottom: 55 },
    legend: { type: 'scroll', bottom: 0, textStyle: { fontSize: 9 } },
    xAxis: { type: 'time' },
    yAxis: { type: 'value', scale: entry.panel.type === 'stat' },
    series: seriesOf(entry),
  });
}

function table(element, entry) {
  Object.assign(element.style, { overflow: 'hidden', fontSize: '9px' });
  const rows = entry.results.flat().map(one => one.metric);
  const names = ['namespace', 'service_namespace', 'service_version', 'service_instance_id', 'instance'];
  element.innerHTML = `<b>${entry.panel.title}</b><table border=1 cellspacing=0><tr>${names.map(name => `<th>${name}`).join('')}`
    + rows.map(row => `<tr>${names.map(name => `<td>${row[name] ?? ''}`).join('')}`).join('') + '</table>';
}

document.body.style.fontFamily = 'sans-serif';
for (const entry of shown) {
  const element = document.createElement('div');
  element.className = entry.panel.type === 'row' ? 'row' : 'panel';
  document.body.append(element);
  place(element, entry.panel.gridPos);
  if (entry.panel.type === 'row') {
    element.innerHTML = `<b>▾ ${entry.panel.title}</b>`;
  } else if (entry.panel.type === 'table') {
    table(element, entry);
  } else {
    chart(element, entry);
  }
}
window.drawn = true;
