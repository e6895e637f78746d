(function () {
  'use strict';
  var all = function (selector) { return Array.from(document.querySelectorAll(selector)); };
  var make = function (tag, parent) { return parent.appendChild(document.createElement(tag)); };

  function sortKey(row, column) {
    var cell = row.cells[column], value = cell.getAttribute('data-v');
    return value === null ? cell.textContent.trim() : parseFloat(value);
  }

  function compare(a, b) {
    if (typeof a === 'number' && typeof b === 'number') return a - b;
    return String(a).localeCompare(String(b), undefined, { numeric: true });
  }

  function sortBy(table, heads, column) {
    var head = heads[column], was = head.getAttribute('aria-sort');
    var up = was ? was === 'descending' : !head.classList.contains('r');
    heads.forEach(function (other) { other.removeAttribute('aria-sort'); });
    head.setAttribute('aria-sort', up ? 'ascending' : 'descending');
    var body = table.tBodies[0];
    Array.from(body.rows)
      .map(function (row) { return [sortKey(row, column), row]; })
      .sort(function (a, b) { return up ? compare(a[0], b[0]) : compare(b[0], a[0]); })
      .forEach(function (pair) { body.appendChild(pair[1]); });
  }

  all('table[data-sort]').forEach(function (table) {
    var heads = Array.from(table.tHead.rows[0].cells);
    heads.forEach(function (head, column) {
      if (head.hasAttribute('data-nosort')) return;
      var label = head.textContent;
      head.textContent = '';
      var button = make('button', head);
      button.type = 'button';
      button.textContent = label;
      button.addEventListener('click', function () { sortBy(table, heads, column); });
    });
  });

  all('table[data-filter]').forEach(function (table) {
    var region = table.closest('.tw'), tools = document.createElement('div');
    tools.className = 'tools';
    var label = make('label', tools), input = make('input', tools), output = make('output', tools);
    input.type = 'search';
    input.id = label.htmlFor = table.id + '-filter';
    label.textContent = table.getAttribute('data-filter');
    output.setAttribute('aria-live', 'polite');
    region.parentNode.insertBefore(tools, region);
    input.addEventListener('input', function () {
      var wanted = input.value.trim().toLowerCase(), rows = Array.from(table.tBodies[0].rows);
      rows.forEach(function (row) { row.hidden = !row.textContent.toLowerCase().includes(wanted); });
      var n = rows.filter(function (row) { return !row.hidden; }).length;
      output.textContent = wanted ? n + ' of ' + rows.length + ' rows shown' : '';
    });
  });

  all('.anchor').forEach(function (link) {
    link.addEventListener('click', function () {
      if (!navigator.clipboard || location.protocol === 'about:') return;
      navigator.clipboard.writeText(link.href).then(function () {
        document.getElementById('status').textContent = 'Link copied';
      }, function () {});
    });
  });

  var opened = [];
  addEventListener('beforeprint', function () {
    opened = all('details:not([open])');
    opened.forEach(function (each) { each.open = true; });
  });
  addEventListener('afterprint', function () {
    opened.forEach(function (each) { each.open = false; });
  });
})();
