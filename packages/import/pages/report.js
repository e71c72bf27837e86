// @ts-check
// Searches and pages the findings that report.html holds as data. Nothing leaves the page; without this script it shows the first
// findings of each group and points to findings.csv. Texts only ever become text, never markup.
(() => {
  /** @typedef {0 | [start: number, end: number, between: string]} TextStep */
  /** @typedef {{ rule: string, severity: string, count: number, embedded: number }} Group */
  /** @typedef {{ group: number, texts: string[] }} Row */

  const PAGE_ROWS = 50;
  const PATIENCE_MS = 120;
  const SEVERITY_WORDS = new Map([
    ['error', 'Error'],
    ['warning', 'Warning'],
    ['note', 'Note'],
  ]);

  /** @type {<T extends HTMLElement>(id: string, type: { new (): T }) => T} */
  const element = (id, type) => {
    const found = document.getElementById(id);
    if (!(found instanceof type)) throw new TypeError(id);
    return found;
  };

  const groupsBlock = document.querySelector('script.groups');
  if (groupsBlock === null || document.getElementById('search') === null) return;

  const search = element('search', HTMLElement);
  const text = element('search-text', HTMLInputElement);
  const severity = element('search-severity', HTMLSelectElement);
  const rule = element('search-rule', HTMLSelectElement);
  const rows = element('search-rows', HTMLTableSectionElement);
  const status = element('search-status', HTMLElement);
  const pageLabel = element('search-page', HTMLElement);
  /** @type {Group[]} */
  const groups = JSON.parse(groupsBlock.textContent);

  /** @type {Row[] | null} All findings, the gravest first, once somebody has asked. */
  let all = null;
  /** @type {Row[]} */
  let matching = [];
  let page = 0;
  let waiting = 0;

  /** @type {(before: string, step: TextStep) => string} */
  const after = (before, step) =>
    step === 0 ? before : before.slice(0, step[0]) + step[2] + before.slice(before.length - step[1]);

  const findings = () => {
    if (all !== null) return all;
    const last = groups.map(() => ['', '', '']);
    all = [];
    for (const block of document.querySelectorAll('script.findings')) {
      for (const [group, ...steps] of JSON.parse(block.textContent)) {
        const texts = steps.map((/** @type {TextStep} */ step, /** @type {number} */ at) =>
          after(last[group][at], step),
        );
        last[group] = texts;
        all.push({ group, texts });
      }
    }
    const gravity = groups.map((each) => [...SEVERITY_WORDS.keys()].indexOf(each.severity));
    all.sort((a, b) => gravity[a.group] - gravity[b.group]);
    return all;
  };

  /** @type {(count: number) => string} */
  const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ',');

  /** @type {(cell: HTMLElement, content: string) => void} Direction as in the text itself. */
  const fill = (cell, content) => {
    const isolated = document.createElement('bdi');
    isolated.textContent = content;
    cell.append(isolated);
  };

  /** @type {(found: Row) => HTMLTableRowElement} */
  const rowOf = ({ group, texts: [message, place, remedy] }) => {
    const of = groups[group];
    const line = document.createElement('tr');
    const head = document.createElement('th');
    head.scope = 'row';
    head.className = `severity ${of.severity}`;
    head.textContent = SEVERITY_WORDS.get(of.severity) ?? of.severity;
    const link = document.createElement('a');
    link.href = `#${of.severity}-${of.rule}`;
    link.textContent = of.rule;
    const cells = ['text', 'text', 'text id'].map((name) => {
      const cell = document.createElement('td');
      cell.className = name;
      return cell;
    });
    cells[0].append(link);
    fill(cells[1], message);
    if (remedy !== '') {
      cells[1].append(document.createElement('br'), 'To do: ');
      fill(cells[1], remedy);
    }
    fill(cells[2], place);
    line.append(head, ...cells);
    return line;
  };

  const pages = () => Math.max(1, Math.ceil(matching.length / PAGE_ROWS));

  const show = () => {
    const first = page * PAGE_ROWS;
    const shown = matching.slice(first, first + PAGE_ROWS);
    rows.replaceChildren(...shown.map(rowOf));
    const range =
      shown.length === 0 ? '' : `, ${grouped(first + 1)} to ${grouped(first + shown.length)} shown`;
    status.textContent = `${grouped(matching.length)} of ${grouped(findings().length)} findings match${range}.`;
    pageLabel.textContent = `Page ${grouped(page + 1)} of ${grouped(pages())}`;
    const isFirst = page === 0;
    const isLast = page + 1 >= pages();
    for (const button of search.querySelectorAll('button')) {
      const goesBack = button.dataset.page === 'first' || button.dataset.page === 'previous';
      button.setAttribute('aria-disabled', String(goesBack ? isFirst : isLast));
    }
  };

  const filter = () => {
    clearTimeout(waiting);
    const wanted = text.value.trim().toLowerCase();
    const group = rule.value === '' ? null : Number(rule.value);
    const isWanted = groups.map(
      (each, index) =>
        (group === null || index === group) && (severity.value === '' || each.severity === severity.value),
    );
    matching = findings().filter(
      (row) =>
        isWanted[row.group] &&
        (wanted === '' ||
          row.texts.some((each) => each.toLowerCase().includes(wanted)) ||
          groups[row.group].rule.includes(wanted)),
    );
    page = 0;
    show();
  };

  text.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, PATIENCE_MS);
  });
  severity.addEventListener('change', filter);
  rule.addEventListener('change', filter);

  search.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('button') : null;
    if (button === null || button.getAttribute('aria-disabled') === 'true') return;
    const last = pages() - 1;
    const next = new Map([
      ['first', 0],
      ['previous', page - 1],
      ['next', page + 1],
      ['last', last],
    ]).get(button.dataset.page ?? '');
    page = Math.min(Math.max(0, next ?? page), last);
    show();
  });

  for (const browse of document.querySelectorAll('.browse')) {
    const button = browse.querySelector('button');
    if (button === null || !(browse instanceof HTMLElement)) continue;
    browse.hidden = false;
    button.addEventListener('click', () => {
      text.value = '';
      severity.value = '';
      rule.value = button.dataset.group ?? '';
      filter();
      search.scrollIntoView();
      element('search-heading', HTMLElement).focus({ preventScroll: true });
    });
  }

  // Shown with the first page, once the page itself stands.
  search.hidden = false;
  pageLabel.textContent = '';
  const begin = () => {
    if (all === null) filter();
  };
  search.addEventListener('focusin', begin);
  search.addEventListener('pointerover', begin);
  if ('IntersectionObserver' in window) {
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      watcher.disconnect();
      begin();
    });
    watcher.observe(search);
  } else begin();
})();
