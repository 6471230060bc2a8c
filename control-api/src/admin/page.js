'use strict';
// Words of agents and chains reach the page as text nodes only; nothing here makes markup of them.
const $ = (selector) => document.querySelector(selector);
const el = (tag, props, ...children) => {
  const node = Object.assign(document.createElement(tag), props);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
};
const fill = (node, ...children) => node.replaceChildren(...children.flat().filter(Boolean));
const code = (text) => el('code', {}, text);
const empty = (what, how, command) => el('div', { className: 'empty' }, `${what} ${how} `, code(command));

let me = null;
let house = null;
const symbols = new Map();
const may = {
  decide: () => ['owner', 'approver'].includes(me.role),
  freeze: () => ['owner', 'approver'].includes(me.role),
  thaw: () => me.role === 'owner',
  create: () => me.role === 'owner',
};

// ── asking the server ──
async function api(method, path, body) {
  const headers = { accept: 'application/json' };
  if (method !== 'GET') headers['x-vaultpilot-csrf'] = '1';
  if (body) headers['content-type'] = 'application/json';
  let response;
  try {
    response = await fetch(path, { method, headers, body: body && JSON.stringify(body) });
  } catch {
    warn('VaultPilot does not answer. Is it running? Start it with: vaultpilot up');
    throw new Error('VaultPilot does not answer');
  }
  warn('');
  if (response.status === 401) signedOut();
  const text = await response.text();
  const value = text && JSON.parse(text);
  if (!response.ok) throw new Error(value.detail || response.statusText);
  return value;
}
const read = (path) => api('GET', `/api/v1/${path}`);
const write = (path, body) => api('POST', `/api/v1/${path}`, body);

function warn(words) {
  $('#banner').textContent = words;
  $('#banner').hidden = !words;
}

function signedOut() {
  me = null;
  if (live) live.close();
  for (const id of ['#house', '#side', '#nav', '#logout']) $(id).hidden = true;
  $('#used').hidden = location.pathname !== '/admin/login';
  $('#gate').hidden = false;
  fill($('#link'));
}

// ── how things look ──
const MARKS = {
  final: ['good', '●'], confirmed: ['busy', '◕'], broadcast: ['busy', '◑'], signed: ['busy', '◔'], authorized: ['busy', '○'],
  awaiting_approval: ['wait', '◆'], ambiguous: ['odd', '?'], denied: ['fail', '✕'], rejected: ['fail', '✕'], refused: ['fail', '⊘'],
  reverted: ['fail', '▼'], dropped: ['fail', '▼'], expired: ['none', '◌'], cancelled: ['none', '–'],
  active: ['good', '●'], frozen: ['busy', '❄'], halted: ['fail', '■'],
  allowed: ['good', '●'], succeeded: ['good', '●'], needs_approval: ['wait', '◆'], failed: ['fail', '▼'],
};
const mark = (name, words) => {
  const [kind, shape] = MARKS[name] || ['none', '○'];
  return el('span', { className: `mark ${kind}` }, el('span', { ariaHidden: 'true' }, shape), words || name.replaceAll('_', ' '));
};
const short = (text) => (text.length > 14 ? `${text.slice(0, 8)}…${text.slice(-4)}` : text);
const chainName = (id) => (house.chains.find((chain) => chain.id === id) || { name: id }).name;
const unit = (chain, asset) => (asset === 'native' ? symbols.get(chain) || 'coins' : short(asset));
const span = (seconds) => {
  for (const [unit, size] of [['d', 86400], ['h', 3600], ['min', 60]]) if (seconds >= size) return `${Math.round(seconds / size)} ${unit}`;
  return `${Math.round(seconds)} s`;
};

function clock(text) {
  const at = new Date(text);
  const node = el('time', { dateTime: text, title: `${at.toLocaleString()} · ${at.toISOString()}` });
  node.textContent = told(at);
  return node;
}
function told(at) {
  const style = $('#times').value;
  if (style === 'utc') return at.toISOString().replace('T', ' ').replace(/\.\d+Z$/, 'Z');
  if (style === 'local') return at.toLocaleString();
  const seconds = (Date.now() - at) / 1000;
  return seconds >= 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}
const retell = () => document.querySelectorAll('time').forEach((node) => { node.textContent = told(new Date(node.dateTime)); });

function copyable(text, shown) {
  const button = el('button', { className: 'quiet', type: 'button', textContent: 'Copy', ariaLabel: `Copy ${text}` });
  button.onclick = async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
  };
  return el('span', { title: text }, el('span', { className: 'mono break' }, shown || text), ' ', button);
}

// ── header and first steps ──
async function showStatus() {
  house = await read('status');
  $('#tenant').textContent = `${house.tenant} · ${house.version}`;
  fill($('#chains'), house.chains.map((chain) => el('span', { title: chain.error || `${chain.id}, block ${chain.head}` },
    mark(chain.reachable ? 'active' : 'failed', `${chain.name}${chain.reachable ? '' : ' unreachable'}`), ' ')));
  const open = house.checklist.filter((step) => !step.done).length;
  $('#start').hidden = open === 0;
  fill($('#start .steps'), house.checklist.map((step) => el('li', {},
    mark(step.done ? 'final' : 'authorized', step.step), step.done ? '' : el('div', {}, code(step.hint)))));
  $('#waiting').textContent = house.approvals_waiting || '';
  document.title = house.approvals_waiting ? `(${house.approvals_waiting}) VaultPilot` : 'VaultPilot';
}

// ── approvals ──
async function showApprovals() {
  const busy = $('#approvals .items');
  if (busy.contains(document.activeElement) && document.activeElement.value) return;
  const { items } = await read('approvals?waiting_only=true&limit=200');
  if (!items.length) {
    fill(busy, empty('Nothing waits.', 'Payments above a policy\'s approval line wait here for a person. On the command line:', 'vaultpilot approval list'));
    return;
  }
  fill(busy, items.map(approvalCard));
}

function approvalCard(approval) {
  const input = el('input', { className: 'code', name: 'code', inputMode: 'numeric', autocomplete: 'one-time-code', maxLength: 6, required: true, ariaLabel: 'One-time code', placeholder: '000000' });
  const words = el('p', { role: 'status', className: 'small fail' });
  const no = el('button', { type: 'button', className: 'bad', textContent: 'Reject' });
  const form = el('form', {}, approval.code_required && input,
    el('button', { className: 'main', textContent: 'Approve' }), no);
  const decide = async (path, body) => {
    const buttons = form.querySelectorAll('button');
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const { payment } = await write(`approvals/${approval.id}/${path}`, body);
      input.value = '';
      words.textContent = payment.message;
      refresh();
    } catch (error) {
      words.textContent = error.message;
      buttons.forEach((button) => { button.disabled = false; });
      input.select();
    }
  };
  form.onsubmit = (event) => { event.preventDefault(); decide('approve', approval.code_required ? { code: input.value.trim() } : {}); };
  no.onclick = () => decide('reject', {});
  return el('div', { className: 'item' },
    el('h3', { className: 'break' }, approval.summary),
    el('p', { className: 'soft small' }, `${house.tenant} · asked by ${approval.requested_by} · expires `, clock(approval.expires_at)),
    may.decide() ? [form, approval.code_required && el('p', { className: 'soft small' }, 'The code is on the terminal where VaultPilot runs.')] : null,
    words,
    el('p', { className: 'soft small' }, approval.id));
}

// ── wallets ──
async function showWallets() {
  const { items } = await read('wallets?limit=200');
  const names = $('#by-wallet');
  const chosen = filters().get('wallet') || '';
  fill(names, el('option', { value: '' }, 'all'), items.map((wallet) => el('option', { value: wallet.label }, wallet.label)));
  names.value = chosen;
  const list = $('#wallets .items');
  const cards = items.map((wallet) => {
    const old = list.querySelector(`[data-id="${wallet.id}"]`);
    return walletCard(wallet, old);
  });
  if (!items.length) cards.push(empty('No wallet yet.', 'A wallet is a key that signs only what policy allows. Make one:', 'vaultpilot wallet create treasury'));
  if (may.create()) cards.push(newWallet());
  if (!list.contains(document.activeElement) || !document.activeElement.value) fill(list, cards);
}

function walletCard(wallet, old) {
  const money = el('div', {}, old ? [...old.querySelector('.money').childNodes] : el('span', { className: 'soft' }, 'Reading balances…'));
  money.className = 'money';
  const limits = el('div', {}, old ? [...old.querySelector('.limits').childNodes] : '');
  limits.className = 'limits';
  const stopped = wallet.state !== 'active';
  const move = el('button', { className: stopped ? '' : 'bad', textContent: stopped ? 'Thaw' : 'Freeze', onclick: () => (stopped ? askThaw : askFreeze)(wallet) });
  const card = el('div', { className: 'item' },
    el('div', { className: 'head' }, el('h3', {}, wallet.label), mark(wallet.state),
      (stopped ? may.thaw() : may.freeze()) && el('span', { className: 'end' }, move)),
    wallet.state_reason && el('p', { className: 'small break' }, `Why: ${wallet.state_reason}`),
    copyable(wallet.address, short(wallet.address)), money, limits);
  card.dataset.id = wallet.id;
  read(`wallets/${wallet.id}/balances`).then(({ balances }) => {
    const known = symbols.size;
    balances.forEach((balance) => symbols.set(balance.chain, balance.symbol));
    if (symbols.size > known) showPayments();
    fill(money, balances.map((balance) => el('div', {},
      el('span', { className: balance.error ? 'fail' : 'balance' }, balance.error ? balance.error : `${balance.amount} ${balance.symbol}`),
      el('span', { className: 'soft small' }, ` ${chainName(balance.chain)}`))));
  }).catch((error) => fill(money, el('span', { className: 'fail' }, error.message)))
    .then(() => read(`wallets/${wallet.id}/budget`))
    .then(({ lines }) => fill(limits, budget(lines))).catch(() => {});
  return card;
}

function budget(lines) {
  const named = { per_transaction: 'at once up to', approval_above: 'with a person above', reserve_floor: 'never below' };
  // Of several policies' lines of one kind the tightest is the one that holds.
  const tightest = new Map();
  for (const line of lines.filter((line) => named[line.kind])) {
    const key = `${line.kind} ${line.chain} ${line.asset}`;
    const [held, limit] = [Number((tightest.get(key) || line).limit), Number(line.limit)];
    if (line.kind === 'reserve_floor' ? limit >= held : limit <= held) tightest.set(key, line);
  }
  const bars = lines.filter((line) => line.used !== undefined).map((line) => {
    const share = Number(line.limit) > 0 ? Math.min(1, Number(line.used) / Number(line.limit)) : 1;
    const what = line.kind === 'count' ? 'payments' : unit(line.chain, line.asset);
    const fillBar = el('div', { className: `fill ${share >= 1 ? 'full' : share > .8 ? 'much' : ''}` });
    fillBar.style.width = `${share * 100}%`;
    return el('div', { className: 'bar', title: `${line.policy} ${line.rule}` },
      el('div', {}, el('span', {}, `${line.used} of ${line.limit} ${what} in ${span(line.window_s)}`), el('span', { className: 'soft' }, `${line.scope} · ${line.remaining} left`)),
      el('div', { className: 'track', ariaHidden: 'true' }, fillBar));
  });
  const words = [...tightest.values()].map((line) => `${named[line.kind]} ${line.limit} ${unit(line.chain, line.asset)}`).join(' · ');
  if (!lines.length) return [el('p', { className: 'soft small' }, 'No policy lets it spend. ', code('vaultpilot policy apply -f policy.yaml'))];
  return [...bars, words && el('p', { className: 'soft small' }, words)];
}

function newWallet() {
  const input = el('input', { name: 'label', required: true, maxLength: 63, pattern: '[a-z0-9]([a-z0-9\\-]*[a-z0-9])?', placeholder: 'treasury', ariaLabel: 'Label of a new wallet', title: 'lower-case letters, digits, hyphens' });
  const words = el('p', { role: 'status', className: 'small fail' });
  const form = el('form', {}, input, el('button', { textContent: 'Make a wallet' }));
  form.onsubmit = async (event) => {
    event.preventDefault();
    try {
      await write('wallets', { label: input.value });
      input.value = '';
      refresh();
    } catch (error) { words.textContent = error.message; }
  };
  return el('div', {}, form, words);
}

function ask(title, facts, field, verb, act) {
  const box = $('#ask');
  const words = el('p', { role: 'status', className: 'small fail' });
  const form = el('form', {}, el('h2', { id: 'ask-title' }, title),
    el('dl', {}, Object.entries(facts).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, value)])), field, words,
    el('div', { className: 'row' }, el('button', { type: 'button', textContent: 'Back', onclick: () => box.close() }), el('button', { className: 'main', textContent: verb })));
  form.onsubmit = async (event) => {
    event.preventDefault();
    try { await act(); box.close(); refresh(); } catch (error) { words.textContent = error.message; }
  };
  fill(box, form);
  box.showModal();
}
const about = (wallet) => ({ Tenant: house.tenant, Wallet: wallet.label, Address: wallet.address, Networks: wallet.chains.map(chainName).join(', ') });
function askFreeze(wallet) {
  const input = el('input', { required: true, maxLength: 200, placeholder: 'Why?', ariaLabel: 'Why' });
  ask('Stop every signature of this wallet?', about(wallet), input, 'Freeze', () => write(`wallets/${wallet.id}/freeze`, { reason: input.value }));
}
function askThaw(wallet) {
  ask('Let this wallet sign again?', { ...about(wallet), 'It was stopped': wallet.state_reason || '' }, null, 'Thaw', () => write(`wallets/${wallet.id}/thaw`));
}

// ── lists with filters in the hash: #payments?state=denied&wallet=treasury ──
const filters = () => new URLSearchParams(location.hash.split('?')[1] || '');
function filter(section, name, value) {
  const all = filters();
  if (value) all.set(name, value); else all.delete(name);
  const text = all.toString();
  history.replaceState(null, '', `/admin#${section}${text ? `?${text}` : ''}`);
  applyFilters();
}
function applyFilters() {
  const all = filters();
  $('#by-state').value = all.get('state') || '';
  $('#by-wallet').value = all.get('wallet') || '';
  $('#denied').checked = all.get('denied') === '1';
  return Promise.all([showPayments(), showAudit()]);
}

async function list(section, path, row, nothing, cursor) {
  const query = cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path;
  const { items, next_cursor: next } = await read(query);
  const body = $(`${section} tbody`);
  const opened = new Set([...body.querySelectorAll('[aria-expanded=true]')].map((node) => node.dataset.id));
  const rows = items.flatMap((item) => row(item, opened));
  if (cursor) body.append(...rows); else fill(body, rows);
  const none = !cursor && !items.length;
  $(`${section} table`).hidden = none;
  fill($(`${section} .empty`), none && nothing());
  $(`${section} .empty`).hidden = !none;
  const more = $(`${section} .more`);
  more.hidden = !next;
  more.onclick = () => list(section, path, row, nothing, next);
}

const cell = (name, ...children) => {
  const node = el('td', {}, children.filter(Boolean));
  node.dataset.name = name;
  return node;
};

function showPayments() {
  const all = filters();
  const query = new URLSearchParams({ limit: 50 });
  for (const name of ['wallet', 'state']) if (all.get(name)) query.set(name, all.get(name));
  const nothing = () => (query.has('wallet') || query.has('state')
    ? [el('span', {}, 'No payment fits this filter. '), el('button', { className: 'quiet', textContent: 'Show all', onclick: () => { history.replaceState(null, '', '/admin#payments'); applyFilters(); } })]
    : [empty('No payment yet.', 'Agents pay with the tool transfer; every payment is judged, and shown here. See one happen:', 'vaultpilot demo')]);
  return list('#payments', `transactions?${query}`, paymentRow, nothing);
}

function paymentRow(payment, opened) {
  const detail = el('tr', { className: 'detail', hidden: !opened.has(payment.id) }, el('td', { colSpan: 7 }, facts(payment)));
  const more = el('button', { className: 'quiet', textContent: 'Details', ariaExpanded: String(!detail.hidden) });
  more.dataset.id = payment.id;
  more.onclick = () => { detail.hidden = !detail.hidden; more.ariaExpanded = String(!detail.hidden); };
  const amount = cell('Amount', `${payment.amount} ${unit(payment.chain, payment.asset)}`);
  amount.className = 'num';
  return [el('tr', {}, cell('State', mark(payment.state)), amount,
    cell('To', el('span', { className: 'mono', title: payment.to }, short(payment.to))), cell('Wallet', payment.wallet), cell('Asked by', payment.requested_by),
    cell('When', clock(payment.created_at)), cell('Transaction', explorer(payment.tx), ' ', more)), detail];
}

function explorer(tx) {
  if (!tx) return el('span', { className: 'soft' }, '—');
  const shown = el('span', { className: 'mono', title: tx.hash }, short(tx.hash));
  if (!/^https?:\/\//.test(tx.explorer_url || '')) return shown;
  return el('a', { href: tx.explorer_url, target: '_blank', rel: 'noopener noreferrer' }, shown);
}

function facts(payment) {
  const tx = payment.tx || {};
  const pairs = { Id: payment.id, Request: payment.request_id, Reason: payment.reason, Memo: payment.memo, Network: chainName(payment.chain), From: payment.from, To: payment.to,
    Asset: payment.asset, 'Base units': payment.amount_raw, Hash: tx.hash, Nonce: tx.nonce, Block: tx.block, Confirmations: tx.confirmations, 'Gas paid': tx.gas_paid };
  return el('dl', {}, Object.entries(pairs).filter(([, value]) => value !== undefined).flatMap(([name, value]) => [el('dt', {}, name), el('dd', {}, String(value))]));
}

function showAudit() {
  const denied = filters().get('denied') === '1';
  const nothing = () => [el('span', {}, denied ? 'Nothing was denied.' : 'No entry yet.')];
  return list('#audit', `events?limit=15${denied ? '&denied_only=true' : ''}`, auditRow, nothing);
}
function auditRow(event) {
  const number = cell('#', String(event.seq));
  number.className = 'num';
  const words = event.facts.map(([name, value]) => `${name} ${/^0x[0-9a-f]{64}$/.test(value) ? short(value) : value}`).join(' · ');
  return [el('tr', { title: `hash ${event.hash}` }, number, cell('What', el('span', {}, mark(event.outcome, event.action), event.tool ? ` ${event.tool}` : '')),
    cell('Who', event.actor), cell('When', clock(event.at)), cell('Facts', words && el('span', { className: 'break soft small' }, words)))];
}

async function showPolicies() {
  const { items, policy_version: version } = await read('policies');
  $('#policies .head .end').textContent = items.length ? `version ${version}` : '';
  const open = new Set([...document.querySelectorAll('#policies details[open]')].map((node) => node.dataset.name));
  fill($('#policies .items'), items.length ? items.map((policy) => {
    const node = el('details', { open: open.has(policy.name) }, el('summary', {}, el('strong', {}, policy.name), el('span', { className: 'soft small' }, ` ${policy.layer} · changed `, clock(policy.updated_at))),
      el('pre', { tabIndex: 0 }, JSON.stringify(policy.document, null, 2)));
    node.dataset.name = policy.name;
    return node;
  }) : empty('No policy, so nothing can be spent.', 'A policy says which wallet may pay whom, how much, and when a person is asked. Apply one:', 'vaultpilot policy apply -f policy.yaml'));
}

// ── live ──
let live = null;
let due = null;
const SAYS = {
  tool_called: (it) => [mark(it.outcome === 'allow' ? 'allowed' : it.outcome === 'needs_approval' ? 'needs_approval' : 'denied', it.tool), ` ${it.agent}${it.wallet ? ` · ${it.wallet}` : ''} ${it.outcome} ${it.detail}`],
  intent_moved: (it) => [mark(it.state), ` ${short(it.transaction_id)} ${it.detail && short(it.detail)}`],
  approval_requested: (it) => [mark('needs_approval', 'approval'), ` ${it.summary}`],
  alert: (it) => [mark('failed', 'alert'), ` ${it.message}`],
};
function listen() {
  live = new EventSource('/api/v1/feed');
  live.onopen = () => fill($('#link'), mark('active', 'live'));
  live.onerror = () => fill($('#link'), mark('failed', 'reconnecting'));
  live.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    const say = SAYS[event.event] || ((it) => [it.event]);
    $('#log').prepend(el('div', {}, say(event), ' ', el('span', { className: 'soft' }, clock(event.at))));
    while ($('#log').childElementCount > 100) $('#log').lastChild.remove();
    $('#live .empty').hidden = true;
    refresh();
  };
}

/// Everything anew, once for many events.
function refresh() {
  due = due || setTimeout(async () => {
    due = null;
    if (me) await showAll().catch(() => {});
  }, 250);
}
async function showAll() {
  await showStatus();
  await Promise.all([showApprovals(), showWallets(), showPolicies(), applyFilters()]);
}

// ── begin ──
const keep = (id, use) => {
  const node = $(id);
  try { node.value = localStorage.getItem(id) || node.value; } catch { /* private windows keep nothing */ }
  node.onchange = () => { try { localStorage.setItem(id, node.value); } catch { /* likewise */ } use(node.value); };
  use(node.value);
};
keep('#theme', (theme) => { document.documentElement.dataset.theme = theme; });
keep('#times', retell);
for (const state of Object.keys(MARKS).slice(0, 14)) $('#by-state').append(el('option', { value: state }, state.replaceAll('_', ' ')));
$('#by-state').onchange = (event) => filter('payments', 'state', event.target.value);
$('#by-wallet').onchange = (event) => filter('payments', 'wallet', event.target.value);
$('#denied').onchange = (event) => filter('audit', 'denied', event.target.checked ? '1' : '');
$('#logout').onclick = async () => { await api('POST', '/admin/logout'); signedOut(); };
addEventListener('hashchange', () => { if (me) applyFilters(); });
setInterval(retell, 10000);
setInterval(() => { if (me && !document.hidden) refresh(); }, 15000);

(async () => {
  try {
    me = await read('whoami');
  } catch { return; }
  $('#me').textContent = `${me.name}, ${me.role}`;
  for (const id of ['#house', '#side', '#nav', '#logout']) $(id).hidden = false;
  await showAll();
  listen();
})();
