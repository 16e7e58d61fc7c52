// Comfort for browsers with scripts. Every page works without it; what it shows is an answer of the API.

/** Shows what needs this script, and makes it work. */
function enhance() {
  for (const box of document.querySelectorAll('[data-rows]')) filterRows(box);
  for (const button of document.querySelectorAll('[data-copy]')) copyOnClick(button);
  for (const form of document.querySelectorAll('form[method="post"]')) sendOnce(form);
  const live = document.querySelector('[data-events]');
  if (live) follow(live);
}

/** Filters the rows of a table while one types. */
function filterRows(box) {
  const table = document.getElementById(box.dataset.rows);
  if (!table) return;
  const input = box.querySelector('input');
  const rows = [...table.tBodies].flatMap(body => [...body.rows]).map(row => [row, row.textContent.toLowerCase()]);
  box.hidden = false;
  input.addEventListener('input', () => {
    const wanted = input.value.trim().toLowerCase();
    for (const [row, text] of rows) row.hidden = !text.includes(wanted);
  });
}

function copyOnClick(button) {
  if (!navigator.clipboard) return;
  const label = button.firstChild;
  const text = label.nodeValue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    label.nodeValue = 'Copied';
    setTimeout(() => { label.nodeValue = text; }, 1500);
  });
}

/** A second click on a button of a form that is under way does nothing. */
function sendOnce(form) {
  let sent = false;
  form.addEventListener('submit', event => {
    if (sent) event.preventDefault();
    sent = true;
  });
  addEventListener('pageshow', () => { sent = false; });
}

/** Follows a task: counts and message as the API streams them. When it has ended, the page is loaded again. */
function follow(box) {
  const events = new EventSource(box.dataset.events);
  const show = progress => {
    for (const place of box.querySelectorAll('[data-count]')) {
      const value = progress[place.dataset.count];
      if (value !== undefined && value !== null) place.textContent = value.toLocaleString('en');
    }
    const bar = box.querySelector('progress');
    if (bar && progress.total) {
      bar.max = progress.total;
      bar.value = progress.done;
    }
  };
  let first;
  events.addEventListener('status', event => {
    const task = JSON.parse(event.data);
    first ??= task.status;
    show(task.progress);
    const message = box.querySelector('[data-message]');
    if (message && message.textContent !== task.message) message.textContent = task.message;
    if (task.outcome || task.status !== first) {
      events.close();
      location.reload();
    }
  });
  events.addEventListener('progress', event => show(JSON.parse(event.data)));
  events.addEventListener('error', () => {
    // A browser opens a lost stream again by itself. A refused one stays closed: then the page is loaded again from time to time.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 10_000);
  });
  addEventListener('pagehide', () => events.close());
}

enhance();
