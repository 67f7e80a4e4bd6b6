// The pages of the report. Everything they show is in this file: the head at once, the details
// of an account when it is opened. Text of customers is only ever set as text, never as HTML.
"use strict";
(async () => {
  const main = document.getElementById("content");

  // ------------------------------------------------------------------------------- the data

  async function unpack(id) {
    const text = atob(document.getElementById(id).textContent);
    const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  }

  const rowsOf = ({ columns, rows }) =>
    rows.map((row) => Object.fromEntries(columns.map((name, place) => [name, row[place]])));

  if (!("DecompressionStream" in window)) {
    main.replaceChildren("This browser is too old for the report; one of 2023 or later opens it.");
    return;
  }
  const head = await unpack("head");
  const accounts = rowsOf(head.accounts);
  accounts.forEach((account, place) => {
    account.place = place;
    account.text = plain([account.name, account.id, account.csm, account.plan].join(" "));
  });
  const placeOf = new Map(accounts.map((account) => [account.id, account.place]));
  const bandOf = new Map(head.bands.map((band, rank) => [band.band, { ...band, rank }]));
  const signalOf = new Map(head.signals.map((signal) => [signal.signal, signal]));
  const lists = {
    work: rowsOf(head.worklist), alerts: rowsOf(head.alerts), offers: rowsOf(head.expansion),
  };
  const comingTrue = new Map(rowsOf(head.outcomes.alerts)
    .filter((row) => row.severity === "*").map((row) => [row.rule, row]));
  const chunks = new Map();

  async function detailsOf(place) {
    const chunk = Math.floor(place / head.chunk);
    if (!chunks.has(chunk)) chunks.set(chunk, unpack(`chunk-${chunk}`));
    return (await chunks.get(chunk))[place % head.chunk];
  }

  // ------------------------------------------------------------------------------- in words

  const number = (value, places = 0) =>
    value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
  const known = (value, words) => (value === null || value === undefined ? "" : words(value));
  const score = (value) => known(value, (v) => number(v, 1));
  const signed = (value, places = 1) => known(value, (v) => (v > 0 ? "+" : "") + number(v, places));
  const percent = (value, places = 0) => known(value, (v) => `${number(100 * v, places)} %`);
  const money = (value) => known(value, (v) => number(v));
  const plural = (count, noun) => `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");

  function plain(text) {
    return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  }

  function measure(signal, value) {
    if (value === null || value === undefined) return "–";
    if (signal?.kind === "share") return percent(value, Math.abs(value) < 0.1 ? 1 : 0);
    if (signal?.kind === "flag" && (value === 0 || value === 1)) return value ? "yes" : "no";
    const digits = Math.abs(value) > 0 && Math.abs(value) < 1 ? 4 : 2;
    const text = value.toLocaleString("en-US", { maximumFractionDigits: digits });
    return `${text} ${(signal?.units ?? ["", ""])[value === 1 ? 1 : 0]}`.trim();
  }

  function renewal({ renewal, days }) {
    if (days === null) return "";
    return [h("span", { class: "day" }, renewal),
      sub(days < 0 ? `${plural(-days, "day")} overdue` : `in ${plural(days, "day")}`)];
  }

  function partName(part, signal, before, after) {
    if (part === "behaviour") return signal?.title ?? part;
    if (part === "coverage") return `${signal?.title ?? part} (${before ?? "–"} to ${after ?? "–"})`;
    return capital(head.parts[part] ?? part);
  }

  // ------------------------------------------------------------------------------- elements

  function h(tag, given = {}, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(given)) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  }

  const card = (...children) => h("section", { class: "card" }, ...children);
  const spanned = (wide, ...children) => h("section", { class: `card ${wide}` }, ...children);
  const SHAPES = { red: "▼", orange: "◤", yellow: "◆", green: "●", blue: "★", grey: "○" };

  function band(name, value) {
    const colour = bandOf.get(name)?.colour ?? "grey";
    const shape = h("i", { "aria-hidden": "true" }, SHAPES[colour] ?? SHAPES.grey);
    const words = value === null || value === undefined ? "" : h("b", {}, score(value));
    return h("span", { class: `band c-${colour}` }, shape, words, words && " ", capital(name));
  }

  const accountLink = (account) =>
    h("a", { href: `#/account/${encodeURIComponent(account.id)}` }, account.name);

  const sub = (text) => (text ? h("span", { class: "sub" }, text) : null);

  function facts(kind, pairs) {
    const shown = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
    return h("dl", { class: kind },
      shown.map(([title, value]) => h("div", {}, h("dt", {}, title), h("dd", {}, value))));
  }

  function tiles(items) {
    return h("dl", { class: "tiles" }, items.map(([title, value, small]) =>
      h("div", { class: "tile" }, h("dt", {}, title),
        h("dd", { class: "big" }, value), small ? h("dd", { class: "small" }, small) : null)));
  }

  // A table: columns have a title, cell(row), and num, sort(row), label (on a phone), wide.
  function table({ caption, columns, rows, most = 50, cards = false, quiet = false, total = null, sorted = null }) {
    let shown = most;
    let order = sorted;
    const body = h("tbody");
    const more = h("button", { type: "button", class: "more", onclick: () => {
      shown += 200;
      draw();
    } });
    const titles = columns.map((column, place) => {
      const inner = !column.sort ? [column.title] : [h("button", { type: "button", onclick: () => {
        const again = order && order.place === place;
        order = { place, down: again ? !order.down : Boolean(column.num) };
        draw();
      } }, column.title)];
      return h("th", { scope: "col", class: column.num ? "num" : null }, inner);
    });
    function draw() {
      let listed = rows;
      titles.forEach((title) => title.removeAttribute("aria-sort"));
      if (order) {
        const key = columns[order.place].sort;
        titles[order.place].setAttribute("aria-sort", order.down ? "descending" : "ascending");
        listed = [...rows].sort((one, two) => {
          const [a, b] = [key(one), key(two)];
          if (a === null || a === undefined) return b === null || b === undefined ? 0 : 1;
          if (b === null || b === undefined) return -1;
          const less = typeof a === "number" ? a - b : String(a).localeCompare(String(b));
          return order.down ? -less : less;
        });
      }
      body.replaceChildren(...listed.slice(0, shown).map((row) => h("tr", {}, columns.map((column) => {
        const kind = [column.num ? "num" : "", column.wide ? "wide" : "", column.bare ? "bare" : ""];
        const cell = column.cell(row);
        return h(column.head ? "th" : "td", {
          class: kind.join(" ").trim() || null, scope: column.head ? "row" : null,
          "data-label": column.head || !column.title ? null : column.title,
        }, cell === "" ? [] : cell);
      }))));
      more.hidden = listed.length <= shown;
      more.textContent = `Show more (${number(Math.max(0, listed.length - shown))} are left)`;
    }
    draw();
    const made = h("table", { class: { true: "cards", flow: "cards flow" }[cards] },
      caption ? h("caption", {}, h("span", { class: quiet ? "unseen" : null }, caption)) : null,
      h("thead", {}, h("tr", {}, titles)), body,
      total ? h("tfoot", {}, h("tr", { class: "total" }, total)) : null);
    const region = h("div", {
      class: "scroll", tabindex: "0", role: "region", "aria-label": caption ?? "Table",
    }, made);
    return h("div", {}, region, more);
  }

  // ------------------------------------------------------------------------------- charts

  function chart(name, { title, words, data, numbers, wide = "", note = null, given = {} }) {
    const place = h("div", { class: "chart" });
    const figure = h("figure", { class: `card ${wide}`.trim(), "data-chart": name },
      h("figcaption", {}, h("h2", {}, title), note ? h("span", { class: "soft small" }, note) : null),
      place,
      numbers ? h("details", {}, h("summary", {}, "The numbers"), table({ most: 1000, ...numbers })) : null);
    setTimeout(() => { // when the figure stands in the page, and has a width
      if (!place.isConnected) return;
      const spec = { ...head.charts[name], ...given, datasets: data, description: words };
      spec.layer = spec.layer?.filter((layer) => data[layer.data?.name]?.length !== 0);
      vegaEmbed(place, spec, {
        mode: "vega-lite", renderer: "svg", actions: false, ast: true, config: head.look,
      }).then(() => figure.setAttribute("data-drawn", ""));
    });
    return figure;
  }

  const column = (title, name, words = (value) => value ?? "", num = true) => ({
    title, num, cell: (row) => words(row[name]),
  });

  // ------------------------------------------------------------------------------- portfolio

  function portfolio() {
    const { all, trend, mix, compared, down, up } = head.portfolio;
    const folio = head.data;
    const open = lists.alerts.filter((alert) => !alert.is_held && alert.account !== null);
    const severities = ["high", "medium", "low"]
      .map((severity) => [severity, open.filter((alert) => alert.severity === severity).length])
      .filter(([, count]) => count).map(([severity, count]) => `${number(count)} ${severity}`);
    const covered = accounts.filter((account) => account.coverage !== null);
    const coverage = covered.reduce((sum, account) => sum + account.coverage, 0) / covered.length;
    const parts = [
      h("h1", {}, "Portfolio"),
      h("p", { class: "soft" }, `${head.card.title} on ${head.publication.score_date}. ${head.card.purpose}`),
      ...lists.alerts.filter((alert) => alert.account === null).map(bookAlert),
      tiles([
        ["Live accounts", number(all.account_count), `${number(all.scored_account_count)} with a score`],
        ["Mean score", score(all.average) || "none", all.weighted === null ? "" : `${score(all.weighted)} weighted by revenue`],
        [`Revenue a month, ${head.currency}`, money(all.mrr) || "unknown",
          all.unknown_mrr_count ? `${plural(all.unknown_mrr_count, "account")} unknown` : ""],
        ["Revenue at risk", money(all.red_mrr ?? 0),
          `${plural(all.red_account_count, "account")} in red bands` + (all.mrr ? `, ${percent((all.red_mrr ?? 0) / all.mrr, 1)}` : "")],
        ["Open alerts", h("a", { href: "#/worklist?list=alerts" }, number(open.length)), severities.join(", ")],
        ["Mean coverage", covered.length ? percent(coverage) : "unknown", "of the weight is measured"],
      ]),
    ];
    const weeks = `${plural(trend.length, "week")}, as published`;
    const grid = h("div", { class: "grid" });
    if (trend.length > 1) {
      grid.append(
        chart("score_over_time", {
          title: "Mean score over time", wide: "half", note: weeks, data: { scores: folio.scores, configs: head.configs },
          words: `Mean score by week, from ${score(trend[0].average)} to ${score(trend.at(-1).average)}`,
          numbers: { caption: "Mean effective score by week", rows: [...trend].reverse(), columns: [
            column("Day", "day", undefined, false), column("Mean", "average", score), column("By revenue", "weighted", score)] },
        }),
        chart("revenue_at_risk", {
          title: "Revenue at risk over time", wide: "half", note: `a month in red bands, ${head.currency}`, data: { risk: folio.risk },
          words: `Monthly revenue in red bands, now ${money(trend.at(-1).at_risk)}`,
          numbers: { caption: "Monthly revenue by week", rows: [...trend].reverse(), columns: [
            column("Day", "day", undefined, false), column("In red bands", "at_risk", money), column("Of", "mrr", money)] },
        }),
        chart("band_mix", {
          title: "Band mix over time", wide: "half", note: `share of accounts; ${weeks}`, data: { mix: folio.mix, configs: head.configs },
          words: "Share of accounts in each band by week",
          numbers: { caption: "Accounts by week and band", rows: [...mix].reverse(), columns: [
            column("Day", "day", undefined, false), { title: "Band", cell: (row) => band(row.band) },
            column("Accounts", "accounts", number), column("Revenue", "mrr", money)] },
        }),
      );
    } else {
      grid.append(spanned("half", h("h2", {}, "Over time"),
        h("p", {}, "There is one published day yet. Where the data reach further back: ./health backfill --from DATE --to DATE")));
    }
    grid.append(chart("distribution", {
      title: "Scores today", wide: "half", note: plural(all.scored_account_count, "account") + " with a score", data: { bins: folio.bins },
      words: "Accounts by score, in steps of five",
      numbers: { caption: "Accounts by score", rows: folio.bins, columns: [
        { title: "Score", cell: (row) => `${row.from} to ${row.to}` },
        { title: "Band", cell: (row) => band(row.band) }, column("Accounts", "accounts", number)] },
    }));
    grid.append(moverCard("Fell most", down, compared), moverCard("Rose most", up, compared), alertsCard(open), segmentCard());
    return { title: "Portfolio", parts: [...parts, grid] };
  }

  function bookAlert(alert) {
    const reasons = [alert.reason_1, alert.reason_2, alert.reason_3].filter(Boolean).join("; ");
    const held = lists.alerts.filter((other) => other.is_held).length;
    return h("div", { class: "notice" }, h("p", {}, h("strong", {}, `The whole book: ${alert.title} `),
      `(since ${alert.opened_on}). ${reasons}`, held ? ` ${plural(held, "alert")} of single accounts held back meanwhile.` : ""));
  }

  // What came of alerts by a rule so far; empty where too few could be judged.
  function cameTrue(rule) {
    const row = comingTrue.get(rule);
    return !row || row.left_rate === null ? ""
      : `${percent(row.left_rate, 1)} left within ${plural(row.horizon_days, "day")}, of all accounts ${percent(row.base_rate, 1)}`;
  }

  function alertsCard(open) {
    const rules = [...new Set(open.map((alert) => alert.rule))].map((rule) => {
      const same = open.filter((alert) => alert.rule === rule);
      const count = (severity) => same.filter((alert) => alert.severity === severity).length;
      return { rule, title: same[0].title, all: same.length, high: count("high"), medium: count("medium"), low: count("low") };
    }).sort((one, two) => two.high - one.high || two.all - one.all);
    const counted = (title, name) => ({ title, num: true, cell: (row) => number(row[name]), sort: (row) => row[name] });
    return h("section", { class: "card long" }, h("h2", {}, "Open alerts"), rules.length ? table({
      caption: "By rule, and what came of such alerts so far", cards: "flow", rows: rules, columns: [
        { title: "Alert", head: true, cell: (row) => row.title },
        counted("Open", "all"), counted("High", "high"), counted("Medium", "medium"), counted("Low", "low"),
        { title: "Came true", wide: true, cell: (row) => cameTrue(row.rule) || "too few to judge" },
      ] }) : h("p", {}, "None."));
  }

  function moverCard(title, rows, compared) {
    const caption = compared
      ? `${compared.with === "previous" ? "since the day before" : `in ${compared.with}`}, since ${compared.from}` : "";
    return spanned("half", h("h2", {}, title), rows.length ? table({ caption, cards: "flow", rows, columns: [
      { title: "Account", head: true, cell: (row) => [accountLink(accounts[row.place]), sub(accounts[row.place].csm)] },
      { title: "Change", num: true, cell: (row) => signed(row.change) },
      { title: "Now", bare: true, cell: (row) => band(accounts[row.place].band, row.score_after) },
      { title: "Mainly", cell: (row) =>
        `${partName(row.part, signalOf.get(row.signal))} ${signed(row.points)}` },
    ] }) : h("p", {}, compared ? "Nobody." : "The history has no earlier day to compare with."));
  }

  function segmentCard() {
    const rows = rowsOf(head.portfolio.segments);
    const types = [...new Set(rows.map((row) => row.segment_type))].filter((type) => type !== "band");
    const place = h("div", { class: "grid" });
    const select = h("select", { id: "segment", onchange: draw },
      types.map((type) => h("option", { value: type, selected: type === "plan" }, type === "csm" ? "Manager" : capital(type))));
    function draw() {
      const listed = rows.filter((row) => row.segment_type === select.value);
      place.replaceChildren(
        chart("segments", { title: "Mean score", wide: "third", given: { height: 24 * listed.length },
          data: { segments: listed.filter((row) => row.average !== null) }, words: `Mean score by ${select.value}` }),
        spanned("twothirds", table({ caption: `By ${select.value}`, cards: "flow", rows: listed, columns: [
          { title: "Segment", head: true, cell: (row) => row.segment, sort: (row) => row.segment },
          { title: "Accounts", num: true, cell: (row) => number(row.account_count), sort: (row) => row.account_count },
          { title: "Mean", num: true, cell: (row) => score(row.average), sort: (row) => row.average },
          { title: "By revenue", num: true, cell: (row) => score(row.weighted), sort: (row) => row.weighted },
          { title: "Revenue", num: true, cell: (row) => money(row.mrr), sort: (row) => row.mrr },
          { title: "At risk", num: true, cell: (row) => money(row.red_mrr), sort: (row) => row.red_mrr },
        ] })));
    }
    draw();
    return card(h("h2", {}, "By segment"),
      h("div", { class: "filters" }, h("label", {}, "Segment", select)), place);
  }

  // ------------------------------------------------------------------------------- worklist

  const move = (row) => {
    if (row.signal === null) return "";
    const signal = signalOf.get(row.signal);
    const gain = row.gain === null ? "" : `, ${signed(row.gain)} points, to ${score(row.then_score)} ${row.then_band ?? ""}`;
    return `${signal?.title ?? row.signal}: ${measure(signal, row.value)} → ${measure(signal, row.target)}${gain}`;
  };
  const of = (row) => accounts[row.account ?? row.place];
  const who = { title: "Account", head: true, sort: (row) => of(row).name,
    cell: (row) => [accountLink(of(row)), sub(of(row).csm ?? "no manager")] };
  const bandColumn = { title: "Score", bare: true, sort: (row) => of(row).score, cell: (row) => band(of(row).band, of(row).score) };
  const revenue = { title: "Revenue a month", num: true, sort: (row) => of(row).mrr,
    cell: (row) => of(row).mrr === null ? "unknown" : money(of(row).mrr) };
  const renews = { title: "Renewal", sort: (row) => of(row).days, cell: (row) => renewal(of(row)) };

  const LISTS = {
    work: { title: "This week", rows: () => lists.work, none: "Nobody is on the worklist.", columns: [
      { title: "Rank", num: true, sort: (row) => row.rank, cell: (row) => number(row.rank) },
      who, bandColumn,
      { title: "Why", wide: true, cell: (row) => row.reason },
      { title: "What to do", wide: true, cell: (row) => [row.play, sub(move(row))] },
      { ...revenue, cell: (row) => row.is_median_mrr ? "unknown" : revenue.cell(row) }, renews,
    ] },
    all: { title: "All accounts", rows: () => accounts, none: "There are no accounts.", columns: [
      who, bandColumn,
      { title: "28 days", num: true, sort: (row) => row.change, cell: (row) => signed(row.change) },
      { title: "Trend", sort: (row) => row.trend, cell: (row) => row.trend ?? "" },
      { title: "Plan", sort: (row) => row.plan, cell: (row) => row.plan ?? "" },
      { title: "Stage", sort: (row) => row.stage, cell: (row) => row.stage ?? "" },
      { title: "Coverage", num: true, sort: (row) => row.coverage, cell: (row) => percent(row.coverage) },
      revenue, renews,
    ] },
    alerts: { title: "Open alerts", none: "No alert is open.",
      rows: () => lists.alerts.filter((alert) => alert.account !== null), columns: [
      { title: "Severity", cell: (row) => h("span", { class: `severity-${row.severity}` }, row.severity) },
      who, bandColumn,
      { title: "Alert", wide: true, cell: (row) => [row.title, sub(`since ${row.opened_on}${alertNote(row)}`)] },
      { title: "Why", wide: true, cell: (row) => [row.reason_1, row.reason_2, row.reason_3].filter(Boolean).join("; ") },
      revenue, renews,
    ] },
    offers: { title: "Expansion", rows: () => lists.offers, none: "Nobody shows that more is needed.", columns: [
      who, bandColumn,
      { title: "Evidence", wide: true, cell: (row) => row.evidence },
      { title: "Offer", cell: (row) => row.next_plan && row.offer === "next plan" ? `next plan: ${row.next_plan}`
        : row.added_seats ? `${number(row.added_seats)} more seats` : row.offer },
      { title: "Estimate a month", num: true, sort: (row) => row.estimated_mrr, cell: (row) => money(row.estimated_mrr) || "unknown" },
      revenue, renews,
    ] },
  };

  function alertNote(alert) {
    return (alert.is_baseline ? "; open when the watching began" : "") + (alert.is_held ? `; held: ${alert.held_because ?? ""}` : "");
  }

  function worklist(_, query) {
    const name = Object.hasOwn(LISTS, query.get("list")) ? query.get("list") : "work";
    const list = LISTS[name];
    const rows = list.rows();
    const status = h("p", { class: "soft", role: "status" });
    const place = h("div");
    const options = (field) => [...new Set(rows.map((row) => of(row)[field]).filter(Boolean))].sort();
    const filters = [["csm", "Manager"], ["band", "Band"], ["plan", "Plan"], ["stage", "Stage"]].map(([field, title]) =>
      [field, title, h("select", { id: `filter-${field}`, onchange: changed },
        h("option", { value: "" }, "all"),
        options(field).map((value) => h("option", { value, selected: query.get(field) === value }, field === "band" ? capital(value) : value)))]);
    const search = h("input", { id: "search", type: "search", value: query.get("q") ?? "", placeholder: "name, id, manager or plan", oninput: changed });
    function changed() {
      const kept = new URLSearchParams({ list: name });
      if (search.value) kept.set("q", search.value);
      for (const [field, , select] of filters) if (select.value) kept.set(field, select.value);
      history.replaceState(null, "", `#/worklist?${kept}`);
      draw();
    }
    function draw() {
      const words = plain(search.value).split(/\s+/).filter(Boolean);
      const found = rows.filter((row) => words.every((word) => of(row).text.includes(word))
        && filters.every(([field, , select]) => !select.value || of(row)[field] === select.value));
      status.textContent = found.length === rows.length ? plural(rows.length, "row") : `${number(found.length)} of ${plural(rows.length, "row")}`;
      place.replaceChildren(found.length ? table({ caption: list.title, quiet: true, cards: true, rows: found, columns: list.columns })
        : h("p", {}, rows.length ? "Nothing fits the search and the filters." : list.none));
    }
    draw();
    return { title: list.title, parts: [
      h("h1", {}, name === "work" ? "Worklist" : list.title),
      h("nav", { class: "tabs", "aria-label": "Lists" }, Object.entries(LISTS).map(([key, { title, rows: all }]) =>
        h("a", { href: `#/worklist?list=${key}`, "aria-current": key === name ? "page" : null }, `${title} (${number(all().length)})`))),
      card(h("div", { class: "filters" }, h("label", {}, "Search", search),
        filters.map(([, title, select]) => h("label", {}, title, select))), status, place),
    ] };
  }

  // ------------------------------------------------------------------------------- account

  function historyOf(detail) {
    if (!detail.history) return [];
    const [weeks, steps, runs, computed, caps, overrides] = detail.history;
    const bands = [];
    for (let place = 0; place < runs.length; place += 2) {
      for (let times = 0; times < runs[place + 1]; times += 1) bands.push(head.bands[runs[place]].band);
    }
    const computedAt = new Map(computed);
    const nameAt = (spans, week) => spans.find(([from, to]) => from <= week && week <= to)?.[2] ?? null;
    let last = 0;
    return steps.map((step, place) => {
      const week = Array.isArray(weeks) ? weeks[place] : weeks + place;
      if (step !== null) last += step;
      const value = step === null ? null : last / 10;
      const own = computedAt.get(week);
      return {
        day: head.weeks[week].day, score: value, band: bands[place],
        computed: own === undefined ? value : own === null ? null : own / 10,
        cap: nameAt(caps, week), override: nameAt(overrides, week),
      };
    });
  }

  function markers(detail, weeks) {
    const scoreAt = (day) => weeks.filter((week) => week.day <= day).at(-1)?.score ?? weeks[0]?.score ?? null;
    const first = weeks[0]?.day;
    return {
      alerts: (detail.alerts ?? []).filter(([opened]) => opened >= first).map(
        ([opened, closed, because, title, severity]) =>
          ({ day: opened, opened, title, severity, score: scoreAt(opened), closed: closed ? `${closed}, ${because}` : "open" })),
      overrides: (detail.history?.[5] ?? []).map(([from, to, override]) => ({
        override, first: head.weeks[from].day, last: head.weeks[to].day, from: head.weeks[from].day,
        to: head.weeks[Math.min(to + 1, head.weeks.length - 1)].day,
      })),
      configs: head.configs.filter(({ day }) => day >= first),
    };
  }

  function ranges(weeks) {
    const values = weeks.flatMap((week) => [week.score, week.computed]).filter((value) => value !== null);
    const share = head.card.is_share;
    const low = share ? 0 : Math.min(0, ...values) - 10;
    const high = share ? 100 : Math.max(0, ...values) + 10;
    const edges = head.bands.filter((row, rank) => row.lower !== null || rank === 0);
    return edges.map((row, place) => {
      const lower = Math.max(low, row.lower ?? low);
      const upper = Math.min(high, edges[place + 1]?.lower ?? high);
      return { band: row.band, lower, upper, middle: (lower + upper) / 2 };
    }).filter(({ lower, upper }) => lower < upper);
  }

  async function account(id) {
    const place = placeOf.get(id);
    if (place === undefined) {
      return { title: "No such account", parts: [h("h1", {}, "No such account"),
        h("p", {}, `No live account has the id ${id} on ${head.publication.score_date}.`),
        h("p", {}, h("a", { href: "#/worklist?list=all" }, "All accounts"))] };
    }
    const it = accounts[place];
    const detail = await detailsOf(place);
    const limit = head.limits[place];
    const weeks = historyOf(detail);
    const low = score(it.low), high = score(it.high);
    const parts = [
      h("div", { class: "head" },
        h("div", {}, h("h1", {}, it.name), h("p", { class: "soft" },
          [it.id, it.plan && `plan ${it.plan}`, it.industry, it.region, it.csm ? `manager ${it.csm}` : "no manager"].filter(Boolean).join(" · "))),
        h("div", { class: "score" }, h("span", { class: "big" }, score(it.score) || "no score"), band(it.band))),
      facts("facts", [
        ["Computed score", it.computed === it.score ? "" : score(it.computed) || "none"],
        ["Change in 28 days", signed(it.change)], ["Trend", it.trend],
        ["Coverage", percent(it.coverage)],
        ["With all measured", low && high ? `${low} to ${high}` : ""],
        [`Revenue a month, ${head.currency}`, it.mrr === null ? "unknown" : money(it.mrr)],
        ["Renewal", renewal(it)], ["Profile", it.profile], ["Stage", it.stage],
        ["Belongs to", it.parent],
      ]),
      ...limitNotices(limit),
      h("div", { class: "grid" },
        todo(it, detail),
        h("div", { class: "twothirds stack" },
          weeks.length > 1 ? historyCard(it, detail, weeks)
            : card(h("h2", {}, "History"), h("p", {}, "There is no earlier published day of this account.")),
          contributionCard(detail)),
        changeCard(detail), h("div", { class: "half stack" }, alertCard(detail), otherCards(detail)),
        signalCard(it, detail)),
      h("p", { class: "soft small after" },
        `Left out of this file: signals of the other scorecards, the days between the weekly scores (the last one of a week is shown), and `
        + `changes of earlier weeks. The marts have them; so has ./health explain ${it.id} --since DATE.`),
    ];
    return { title: it.name, parts };
  }

  function limitNotices(limit) {
    if (!limit) return [];
    const found = [];
    if (limit.cap_name) {
      found.push(h("div", { class: "notice" }, h("p", {}, h("strong", {}, `Capped at ${score(limit.capped_score)} `),
        `by ${limit.cap_name} (${limit.cap_fact}). ${limit.cap_reason ?? ""}`)));
    }
    if (limit.override_id) {
      found.push(h("div", { class: "notice" }, h("p", {}, h("strong", {}, `Override: ${limit.override_kind} ${score(limit.override_value)} `),
        `by ${limit.override_author} until ${limit.override_expires_on} (${limit.override_id}). ${limit.override_reason ?? ""}`,
        limit.is_set_without_score ? " No score could be computed." : "")));
    }
    return found;
  }

  function todo(it, detail) {
    const work = lists.work.find((row) => row.account === it.place);
    const alerts = lists.alerts.filter((row) => row.account === it.place);
    const offer = lists.offers.find((row) => row.account === it.place);
    const items = [[`${capital(it.band)}:`, bandOf.get(it.band)?.action ?? ""]];
    if (work) items.push([`Worklist rank ${work.rank}:`, h("span", {}, `${work.reason.replace(/\.$/, "")}. ${work.play}`, sub(move(work)))]);
    for (const alert of alerts) {
      items.push([`Alert, ${alert.severity}:`, h("span", {}, `${alert.title}, since ${alert.opened_on}${alertNote(alert)}`,
        sub([alert.reason_1, alert.reason_2, alert.reason_3].filter(Boolean).join("; ")),
        sub(cameTrue(alert.rule) && `Of such alerts: ${cameTrue(alert.rule)}`))]);
    }
    if (detail.life) {
      const [stage, done, all, next, action, late] = detail.life;
      items.push([`Next step (${stage}, ${done} of ${all} done):`, `${next ?? "none"}${late ? ", late" : ""}. ${action ?? ""}`]);
    }
    if (offer) items.push(["Expansion:", `${offer.evidence}. ${LISTS.offers.columns[3].cell(offer)}`]);
    return spanned("third", h("h2", {}, "What to do"),
      h("ul", { class: "steps" }, items.map(([title, text]) => h("li", {}, h("strong", {}, title), " ", text))));
  }

  function historyCard(it, detail, weeks) {
    const marks = markers(detail, weeks);
    const differs = weeks.some((week) => week.computed !== week.score);
    const note = [plural(weeks.length, "week"), differs ? "dashed: computed, before cap and override" : "",
      marks.overrides.length ? "grey: override in force" : "",
      marks.alerts.length ? "triangles: alerts" : "",
      marks.configs.length ? `rules changed on ${marks.configs.map((change) => change.day).join(", ")}` : ""].filter(Boolean).join("; ");
    return chart("history", {
      title: "History", note, words: `Score of ${it.name} by week, now ${score(it.score) || "none"}`,
      data: { history: weeks, ranges: ranges(weeks), ...marks },
      numbers: { caption: "Score by week, newest first", rows: [...weeks].reverse(), columns: [
        column("Day", "day", undefined, false), column("Score", "score", score), column("Computed", "computed", score),
        { title: "Band", cell: (row) => band(row.band) },
        column("Cap", "cap", undefined, false), column("Override", "override", undefined, false)] },
    });
  }

  function changeCard(detail) {
    const pairs = detail.changes ?? [];
    const place = h("div");
    const select = h("select", { id: "compared", onchange: draw }, pairs.map(([compared, from], index) =>
      h("option", { value: index }, `${compared === "previous" ? "the day before" : compared}, since ${from}`)));
    function draw() {
      const [, from, before, after, status, profile, plan, rows] = pairs[Number(select.value) || 0];
      const sum = rows.reduce((total, row) => total + row[2], 0) / 100;
      const largest = Math.max(1, ...rows.map((row) => Math.abs(row[2])));
      const words = before === null || after === null ? `${status ?? "unknown"}: a change to or from no score has no parts.`
        : `${score(before / 10)} to ${score(after / 10)}` + (status && status !== "split" && !rows.length ? ` (${status})` : "");
      place.replaceChildren(...[h("p", {}, h("strong", {}, words)),
        profile ? h("p", {}, `Its profile changed from ${profile[0]} to ${profile[1]}.`) : null,
        plan ? h("p", {}, `Its plan changed from ${plan[0]} to ${plan[1]}.`) : null,
        rows.length ? table({ caption: `Parts of the change since ${from}`, cards: "flow", rows, columns: [
          { title: "Part", head: true, wide: true, cell: ([part, signal, , , , was, is]) => partName(part, head.signals[signal], was, is) },
          { title: "From and to", cell: ([, signal, , was, is]) => was === undefined ? ""
            : `${measure(head.signals[signal], was)} → ${measure(head.signals[signal], is)}` },
          { title: "Points", num: true, cell: ([, , points]) => signed(points / 100, 2) },
          { title: "", cell: ([, , points]) => h("div", { class: "diverge", "aria-hidden": "true" },
            h("span", { class: points > 0 ? "up" : "down", style: `width:${(50 * Math.abs(points)) / largest}%` })) },
        ], total: [h("th", { scope: "row" }, "Together"), h("td"), h("td", { class: "num" }, signed(sum, 2)), h("td")] }) : null,
      ].filter(Boolean));
    }
    if (!pairs.length) return spanned("half", h("h2", {}, "What changed, and why"), h("p", {}, "The history has no earlier day to compare with."));
    draw();
    return spanned("half", h("h2", {}, "What changed, and why"),
      h("div", { class: "filters" }, h("label", {}, "Compared with", select)), place);
  }

  function contributionCard(detail) {
    const sums = new Map();
    for (const [signal, , , , , adds, lost] of detail.drivers ?? []) {
      if (adds === null) continue;
      const name = capital(head.signals[signal].dimension);
      const [a, b] = sums.get(name) ?? [0, 0];
      sums.set(name, [a + adds / 100, b + (lost ?? 0) / 100]);
    }
    const rows = [...sums].map(([dimension, [adds, lost]]) => ({ dimension, adds, lost })).sort((a, b) => b.adds + b.lost - a.adds - a.lost);
    if (!rows.length) return card(h("h2", {}, "Contributions"), h("p", {}, "There is no score, so the signals contribute nothing."));
    const flat = rows.flatMap(({ dimension, adds, lost }) => [
      { dimension, kind: "adds", points: adds, place: 0 },
      ...(head.card.is_share ? [{ dimension, kind: "lost", points: lost, place: 1 }] : [])]);
    return chart("dimensions", {
      title: "Contributions", data: { dimensions: flat }, given: { height: 26 * rows.length },
      note: head.card.is_share ? "the whole bar is the weight; what is lost keeps the score from 100" : null,
      words: rows.map(({ dimension, adds }) => `${dimension} adds ${number(adds, 1)}`).join(", "),
      numbers: { caption: "Points by dimension", rows, columns: [
        column("Dimension", "dimension", undefined, false), column("Adds", "adds", (v) => number(v, 2)), column("Lost", "lost", (v) => number(v, 2))] },
    });
  }

  function signalCard(it, detail) {
    const drivers = detail.drivers ?? [];
    const share = head.card.is_share;
    const heaviest = Math.max(1, ...drivers.map(([, , , , weight]) => weight ?? 0));
    const sum = drivers.reduce((total, row) => total + (row[5] ?? 0), 0) / 100;
    const columns = [
      { title: "Signal", head: true, wide: true, cell: ([signal]) => [head.signals[signal].title, sub(capital(head.signals[signal].dimension))] },
      { title: "Value", num: true, cell: ([signal, , value]) => measure(head.signals[signal], value) },
      { title: "State", cell: ([, state, , , , , , policy, since]) => h("span", { class: `state s-${head.states[state]}` },
        capital(head.states[state]) + (since ? ` (${since})` : "") + (policy ? `, as ${policy}` : "")) },
      { title: "Points", num: true, cell: ([, , , points]) => known(points, (v) => number(v / 10, 1)) },
      { title: "Weight", num: true, cell: ([, , , points, weight]) => points === null || weight === null ? ""
        : share ? `${number(weight / 100, 1)} %` : number(weight / 10000, 2) },
      { title: "Adds", num: true, cell: ([, , , , , adds]) => known(adds, (v) => signed(v / 100, 2)) },
    ];
    if (share) {
      columns.push({ title: "Lost", num: true, cell: ([, , , , , , lost]) => known(lost, (v) => number(v / 100, 2)) },
        { title: "", cell: ([, , , points, weight]) => points === null ? "" : h("div", { class: "meter", "aria-hidden": "true" },
          h("span", { class: "adds", style: `width:${((weight / heaviest) * points) / 10}%` }),
          h("span", { class: "lost", style: `width:${(weight / heaviest) * (100 - points / 10)}%` })) });
    }
    const blank = columns.slice(6).map(() => h("td"));
    return h("section", { class: "card long" }, h("h2", {}, "Signals"), drivers.length ? table({
      caption: `${head.card.title} on ${head.publication.score_date}: what costs most first`, cards: "flow", rows: drivers, columns,
      total: it.computed === null ? null : [h("th", { scope: "row" }, "Computed score"), h("td"), h("td"), h("td"), h("td"),
        h("td", { class: "num" }, number(sum, 2)), ...blank],
    }) : h("p", {}, "No signal applies to this account."));
  }

  function alertCard(detail) {
    const rows = detail.alerts ?? [];
    return card(h("h2", {}, "Alerts so far"), rows.length ? table({ caption: "Newest first", most: 10, cards: "flow", rows, columns: [
      { title: "Opened", cell: ([opened]) => h("span", { class: "day" }, opened) },
      { title: "Alert", wide: true, cell: ([, , , title, , baseline, held]) => [title, sub([baseline ? "open when the watching began" : "", held ? "held" : ""].filter(Boolean).join("; "))] },
      { title: "Severity", cell: ([, , , , severity]) => h("span", { class: `severity-${severity}` }, severity) },
      { title: "Closed", cell: ([, closed, because]) => (closed ? `${closed}, ${because}` : "open") },
    ] }) : h("p", {}, "None."));
  }

  function otherCards(detail) {
    const rows = detail.cards ?? [];
    return card(h("h2", {}, "Other scorecards"), rows.length ? table({ caption: "Effective scores", rows, columns: [
      { title: "Scorecard", head: true, cell: ([name]) => capital(head.cards[name]) },
      { title: "Score", num: true, cell: ([, value]) => known(value, (v) => score(v / 10)) || "none" },
      { title: "Band", cell: ([, , name]) => capital(name) },
    ] }) : h("p", {}, "There are none."));
  }

  // ------------------------------------------------------------------------------- validation

  function section([title, columns, rows]) {
    const words = (text) => h("p", {}, text);
    return columns.length ? h("section", { class: "card long" }, h("h2", {}, title), rows.length ? table({
      caption: title, quiet: true, most: 1000, cards: "flow", rows, columns: columns.map((name, place) => ({
        title: name, head: place === 0, cell: (row) => row[place],
        num: place > 0 && rows.every((row) => /^[\d.,%()\s–-]*$/.test(row[place].replace(" to ", ""))),
      })),
    }) : words("None.")) : card(h("h2", {}, title), rows.map(words));
  }

  function rate(row, name) {
    return row[name] === null ? "" : `${percent(row[name], 1)} (${percent(row[`${name}_low`], 1)} to ${percent(row[`${name}_high`], 1)})`;
  }

  function validation() {
    const { sections, rivals, bands } = head.validation;
    const [verdict, ...rest] = sections;
    const alerts = rowsOf(head.outcomes.alerts), judged = rowsOf(head.outcomes.judgements);
    const months = head.outcomes.months;
    const charts = [];
    if (rivals.length) charts.push(chart("rivals", { title: "The score and single columns", wide: "half", data: { rivals },
      note: "AUC by days ahead, with the 95 % interval of the score; above 0.5 is better than chance",
      words: rivals.filter((row) => row.days === 90).map((row) => `${row.who} ${number(row.auc, 2)}`).join(", ") + " at 90 days",
      numbers: { caption: "AUC", rows: rivals, columns: [column("Days", "days", number), column("Who", "who", undefined, false),
        ...["auc", "low", "high"].map((name) => column(name === "auc" ? "AUC" : capital(name), name, (v) => known(v, (x) => number(x, 3))))] } }));
    if (bands.length) charts.push(chart("band_departures", { title: "What became of each band", wide: "half", data: { band_rates: bands },
      note: "accounts that left within 90 days, with 95 % intervals; dashed: all together",
      words: bands.map((row) => `${row.band} ${percent(row.rate, 1)}`).join(", "),
      numbers: { caption: "Left within 90 days", rows: bands, columns: [{ title: "Band", cell: (row) => band(row.band) },
        ...["rate", "low", "high", "base"].map((name) => column(capital(name), name, (v) => percent(v, 1)))] } }));
    if (months.length > 1) charts.push(chart("retention", { title: "Retention by month", wide: "", data: { retention: head.data.retention },
      note: "the last three years: share of the opening revenue that is there at the closing; net with growth, gross without",
      words: `Net revenue retention in the last month ${percent(months.at(-1).net, 1)}`,
      numbers: { caption: "By month, newest first", rows: [...months].reverse(), columns: [
        { title: "Month", cell: (row) => row.month.slice(0, 7) + (row.is_final ? "" : " (not final)") },
        column("Net", "net", (v) => percent(v, 1)), column("Gross", "gross", (v) => percent(v, 1)),
        column("Accounts left", "left", number), column("Share of accounts", "logo", (v) => percent(v, 1))] } }));
    return { title: "Validation", parts: [h("h1", {}, "Validation"), h("div", { class: "grid" },
      section(verdict), charts, rest.map(section),
      h("section", { class: "card long" }, h("h2", {}, "Do alerts come true?"), alerts.length ? table({ caption: "Alerts and departures that followed", cards: "flow", rows: alerts, columns: [
        { title: "Rule", head: true, cell: (row) => (row.rule === "*" ? "all" : capital(row.rule)) },
        { title: "Severity", cell: (row) => (row.severity === "*" ? "all" : row.severity) },
        column("Alerts", "alert_count", number), column("A week", "alerts_per_week", (v) => known(v, (x) => number(x, 1))),
        column("Judged", "judged_count", number),
        { title: "Left", num: true, cell: (row) => row.left_rate === null ? row.explanation ?? "" : rate(row, "left_rate") },
        column("x base", "multiple_of_base", (v) => known(v, (x) => number(x, 2)))] }) : h("p", {}, "There were none.")),
      h("section", { class: "card long" }, h("h2", {}, "Were people right?"), judged.length ? table({ caption: "Overrides and pulses, everybody together", cards: "flow", rows: judged, columns: [
        { title: "Judgement", head: true, cell: (row) => capital(row.kind) },
        column("Judged", "judged_count", number), column("Accounts", "account_count", number),
        { title: "Left", num: true, cell: (row) => row.left_rate === null ? row.explanation ?? "" : rate(row, "left_rate") },
        column("x base", "multiple_of_base", (v) => known(v, (x) => number(x, 2))),
        column("Right", "right_rate", (v) => percent(v, 1)), column("By chance", "right_rate_by_chance", (v) => percent(v, 1))] })
        : h("p", {}, "Nothing could be judged yet."))),
    ] };
  }

  // ------------------------------------------------------------------------------- data quality

  function quality() {
    const { findings } = head.quality;
    const signals = rowsOf(head.quality.signals), inputs = rowsOf(head.quality.inputs), rejected = rowsOf(head.quality.rejected);
    const count = inputs.reduce((sum, row) => ({ raw: sum.raw + row.raw_rows, bad: sum.bad + row.rejected_rows }), { raw: 0, bad: 0 });
    const flagged = signals.filter((row) => row.flag);
    const covered = accounts.filter((account) => account.coverage !== null);
    const flagWords = (row) => (row.flag ? [h("span", { class: `severity-${row.severity}` }, capital(row.flag)), sub(row.probable_cause)] : []);
    const named = (row) => signalOf.get(row.signal)?.title ?? row.signal;
    return { title: "Data quality", parts: [h("h1", {}, "Data quality"),
      tiles([
        ["Rows delivered", number(count.raw), plural(inputs.length, "table")],
        ["Rejected", number(count.bad), count.raw ? percent(count.bad / count.raw, 2) : ""],
        ["Conspicuous signals", number(flagged.length), `of ${plural(signals.length, "signal")}`],
        ["Findings", number(findings.length), `${number(findings.filter((row) => row.severity === "warning").length)} warnings`],
        ["Without a score", number(accounts.filter((row) => row.score === null).length), "too little is measured"],
      ]),
      h("div", { class: "grid" },
        covered.length ? chart("coverage", { title: "Coverage", wide: "third", note: "share of the applicable weight that is measured, by account",
          data: { coverage: head.data.coverage }, words: "Accounts by coverage, in steps of five per cent",
          numbers: { caption: "Accounts by coverage", rows: head.data.coverage, columns: [
            { title: "Coverage", cell: (row) => `${percent(row.from)} to ${percent(row.to)}` }, column("Accounts", "accounts", number)] } }) : null,
        spanned("twothirds", h("h2", {}, "Input rows"), table({ caption: "What became of the rows that were delivered", cards: "flow", rows: inputs, columns: [
          { title: "Table", head: true, cell: (row) => [row.table_name, row.connector === "contract" ? null : sub(row.connector)], sort: (row) => row.table_name },
          column("Raw", "raw_rows", number), column("Accepted", "accepted_rows", number), column("Superseded", "superseded_rows", number),
          column("Rejected", "rejected_rows", number), column("Duplicates", "duplicate_rows", number)] })),
        h("section", { class: "card long" }, h("h2", {}, "Findings"), findings.length ? table({ caption: "What somebody should know", cards: true, most: 100, rows: findings, columns: [
          { title: "Finding", head: true, wide: true, cell: (row) => [h("span", { class: `severity-${row.severity}` }, capital(row.finding)), sub(row.severity)] },
          { title: "What", wide: true, cell: (row) => row.detail ?? "" },
          { title: "Where", cell: (row) => row.subjects.map(([name, rows]) => `${name ?? ""} ${known(rows, number)}`.trim()).join(", ") },
          { title: "What to do", wide: true, cell: (row) => row.remedy ?? "" }] }) : h("p", {}, "None.")),
        h("section", { class: "card long" }, h("h2", {}, "Signals"), h("p", { class: "soft small" },
          "Bar: measured (blue), stale (orange), missing (hatched), not applicable (outline). Age: days since the newest measurement."),
          table({ caption: "How much of each signal is measured, and what is conspicuous; those first", cards: "flow", most: 100, rows: signals, columns: [
            { title: "Signal", head: true, wide: true, sort: named, cell: (row) => [named(row), sub(capital(row.dimension)), ...flagWords(row)] },
            { title: "State", cell: (row) => h("div", { class: "meter", "aria-hidden": "true" }, head.states.map((state) =>
              h("span", { class: state, style: `width:${100 * row[state]}%` }))) },
            ...head.states.map((state) => ({ title: capital(state), num: true, sort: (row) => row[state], cell: (row) => percent(row[state]) })),
            { title: "Age", num: true, sort: (row) => row.age, cell: (row) => known(row.age, (age) => plural(age, "day")) },
            { title: "Median", num: true, cell: (row) => measure(signalOf.get(row.signal), row.median) }] })),
        h("section", { class: "card long" }, h("h2", {}, "Rejected rows"), rejected.length ? table({ caption: "By table and reason; the mart rejected_rows has each", cards: "flow", rows: rejected, columns: [
          { title: "Table", head: true, cell: (row) => row.table_name, sort: (row) => row.table_name },
          { title: "Reason", wide: true, cell: (row) => row.reason },
          { title: "Rows", num: true, cell: (row) => number(row.row_count), sort: (row) => row.row_count },
          { title: "For example", cell: (row) => row.examples ?? "" }] }) : h("p", {}, "None.")),
        card(h("h2", {}, "Publication"), facts("facts", [
          ["Version", head.publication.version], ["Built, UTC", head.publication.built_at], ["Score date", head.publication.score_date],
          ["Configuration", head.publication.config_version], ["Scoring version", head.publication.scoring_version],
          ["Vars in force", head.publication.vars_in_force]]))),
    ] };
  }

  // ------------------------------------------------------------------------------- the frame

  const PAGES = { portfolio, worklist, account, validation, quality };
  let visit = 0;

  async function show(isFirst) {
    const own = ++visit;
    const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
    const [page, ...rest] = path.split("/");
    const name = Object.hasOwn(PAGES, page) ? page : "portfolio";
    let id = rest.join("/");
    try {
      id = decodeURIComponent(id);
    } catch {
      // a hand-written link may hold a lone per cent sign: it is the id as it stands
    }
    const { title, parts } = await PAGES[name](name === "account" ? id : null, new URLSearchParams(query ?? ""));
    if (own !== visit) return;
    document.title = `${title} · ${head.card.title}`;
    document.querySelectorAll("header nav a").forEach((link) => {
      if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    main.replaceChildren(...parts);
    main.dataset.page = name;
    if (!isFirst) {
      window.scrollTo(0, 0);
      main.focus({ preventScroll: true });
    }
  }

  document.getElementById("find").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = document.getElementById("find-text").value.trim();
    const folded = plain(text);
    const exact = accounts.filter((account) => account.id === text || plain(account.name) === folded);
    const found = exact.length ? exact : accounts.filter((account) => account.text.includes(folded));
    location.hash = found.length === 1 ? `#/account/${encodeURIComponent(found[0].id)}`
      : `#/worklist?${new URLSearchParams({ list: "all", q: text })}`;
  });
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      document.getElementById("find-text").focus();
    }
  });
  window.addEventListener("hashchange", () => show(false));
  await show(true);
})();
