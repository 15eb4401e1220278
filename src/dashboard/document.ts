/** The page without anything on it: its modules fill it with what GET /v1/dashboard answers. */
export const dashboardDocument = `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Dashboard, certificate-party check</title>
<link rel="icon" href="/dashboard/assets/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/dashboard/assets/uplot.css">
<link rel="stylesheet" href="/dashboard/assets/styles.css">
<script type="module" async blocking="render" src="/dashboard/assets/dashboard/page/theme.js"></script>
<script defer src="/dashboard/assets/uplot.js"></script>
<script type="module" src="/dashboard/assets/dashboard/page/main.js"></script>
</head>
<body>
<a class="skip" href="#main">To the figures</a>
<header class="bar">
  <div class="title">
    <h1>Certificate-party check</h1>
    <p id="replica">Dashboard of one replica</p>
  </div>
  <div class="state">
    <p id="connection" role="status"></p>
    <p id="updated"></p>
  </div>
  <div class="tools">
    <button type="button" id="theme">Theme: as the system</button>
    <button type="button" id="forget" hidden>Forget token</button>
  </div>
</header>
<noscript><p class="message">This page draws what the service has counted, and needs JavaScript for it. Without: GET /v1/dashboard has
the same figures, and GET /health/ready the reference data.</p></noscript>
<p class="message" id="message" role="alert" hidden></p>
<main id="main" aria-busy="true">

<section class="card headline" id="headline" aria-labelledby="headline-text">
  <div class="claim">
    <p class="share" id="share">–</p>
    <div>
      <h2 id="headline-text">Nothing has been judged today</h2>
      <p id="headline-note"></p>
    </div>
  </div>
  <p class="meter" aria-hidden="true"><span class="track"><span id="meter-fill"></span><span class="tenth"></span></span></p>
  <p class="scale" aria-hidden="true"><span>0%</span><span class="at-tenth">a tenth</span><span>20%</span></p>
  <p class="aside" id="yesterday"></p>
</section>

<section class="card" id="trend" aria-labelledby="trend-title">
  <header>
    <h2 id="trend-title">Share of mismatches</h2>
    <p class="of" id="trend-of"></p>
  </header>
  <ul class="legend" id="trend-legend"></ul>
  <div class="plot" id="trend-plot"></div>
</section>

<section class="card wide" id="answers" aria-labelledby="answers-title">
  <header>
    <h2 id="answers-title">Answers</h2>
    <fieldset class="choice" id="period">
      <legend class="hidden">Counts of</legend>
      <label><input type="radio" name="period" value="today" checked><span>Today</span></label>
      <label><input type="radio" name="period" value="since-start"><span>Since start</span></label>
    </fieldset>
  </header>
  <div class="composition" id="composition" aria-hidden="true"></div>
  <dl class="tiles" id="tiles"></dl>
</section>

<section class="card" id="over-time" aria-labelledby="over-time-title">
  <header>
    <h2 id="over-time-title">Answers over time</h2>
    <fieldset class="choice" id="range">
      <legend class="hidden">Of the last</legend>
      <label><input type="radio" name="range" value="3h" checked><span>3 hours</span></label>
      <label><input type="radio" name="range" value="24h"><span>24 hours</span></label>
      <label><input type="radio" name="range" value="14d"><span>14 days</span></label>
    </fieldset>
  </header>
  <ul class="legend" id="over-time-legend"></ul>
  <div class="plot" id="over-time-plot"></div>
  <details id="over-time-table"><summary>Both charts as a table</summary><div class="scroll" tabindex="0" role="group" aria-label="Answers over time, as a table"></div></details>
</section>

<section class="card" id="reference-data" aria-labelledby="reference-data-title">
  <header><h2 id="reference-data-title">Reference data on this replica</h2></header>
  <div id="reference-data-body"></div>
</section>

<section class="card" id="originators" aria-labelledby="originators-title">
  <header>
    <h2 id="originators-title">Suppliers and other Users by mismatches</h2>
  </header>
  <div class="scroll" tabindex="0" role="group" aria-labelledby="originators-title" id="originators-body"></div>
</section>

<section class="card" id="codes" aria-labelledby="codes-title">
  <header><h2 id="codes-title">By response code</h2></header>
  <div id="codes-body"></div>
</section>

<section class="card wide" id="claims" aria-labelledby="claims-title">
  <header>
    <h2 id="claims-title">Whose certificates, on whose network</h2>
    <p class="of">Judged requests by the organisation of their certificates (down) and the distributor ID of the MPAN (across).</p>
  </header>
  <ul class="legend" aria-hidden="true">
    <li><span class="swatch right-soft"></span>the operator’s own</li>
    <li><span class="heat-scale"><i></i><i></i><i></i><i></i><i></i></span>mismatched, few to many</li>
  </ul>
  <div class="scroll matrix" tabindex="0" role="group" aria-labelledby="claims-title" id="claims-body"></div>
  <details id="claims-names"><summary>Who holds these distributor IDs</summary><dl class="names" id="claims-names-list"></dl></details>
</section>

<section class="card wide" id="refusals" aria-labelledby="refusals-title">
  <header>
    <h2 id="refusals-title">Recent refusals</h2>
    <fieldset class="choice" id="refusal-kind">
      <legend class="hidden">Show</legend>
      <label><input type="radio" name="refusal-kind" value="all" checked><span>All</span></label>
      <label><input type="radio" name="refusal-kind" value="mismatched"><span>Mismatches</span></label>
      <label><input type="radio" name="refusal-kind" value="refused"><span>Others</span></label>
    </fieldset>
  </header>
  <ol id="refusals-list"></ol>
  <button type="button" id="more" hidden>Show all</button>
  <p class="empty" id="refusals-empty">Nothing has been refused since this replica started.</p>
</section>

</main>
<footer id="about">
  <p id="about-replica">This page shows one replica, since it started. Another replica has counts of its own, and a start begins them anew.</p>
  <p>A mismatch is a request that the check refused, or advised against. What is refused for another reason first is counted as that, and is
  in no share. No MPAN or MPRN is kept or shown.</p>
</footer>

<dialog id="ask" aria-labelledby="ask-title">
  <form id="ask-form">
    <h2 id="ask-title">Who is asking?</h2>
    <p id="ask-reason">The figures are for those who have a token with the scope “dashboard”.</p>
    <label for="token">Token</label>
    <input id="token" name="token" type="password" autocomplete="off" autocapitalize="off" spellcheck="false" required maxlength="512">
    <p class="of">It stays in this tab until the tab is closed, and is sent to this service alone.</p>
    <p class="actions"><button type="submit" class="primary">Show the dashboard</button></p>
  </form>
</dialog>
</body>
</html>
`;

/** A tick that is crossed by the line of the tenth. */
export const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0068a8"/><path d="M7 17l6 6L25 9" fill="none" stroke="#fff" stroke-width="4" stroke-linecap="round" stroke-linejoin="round"/></svg>
`;
