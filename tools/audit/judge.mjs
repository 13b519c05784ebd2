// What the tools of others say: Lighthouse, pa11y, the MDN HTTP Observatory, Google's CSP Evaluator.
//
//   node judge.mjs FOLDER < asked.json > found.json
//
// FOLDER has their node_modules (`make audit` fills it). asked: {chromium, lighthouse: [address],
// pa11y: [address], observatory: [{port, path}], policies: [text]}. found: the same names, each a
// list in the same order; what broke down is {broken: words}.

import { access, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const folder = resolve(process.argv[2]);
const require = createRequire(join(folder, 'package.json'));
const inside = path => import(pathToFileURL(join(folder, 'node_modules', path)));
const FLAGS = ['--no-sandbox', '--disable-gpu', '--headless=new', '--disable-background-networking'];
const words = error => ({ broken: String(error?.message ?? error).split('\n')[0] });

async function each(list, judge) {
  const found = [];
  for (const one of list ?? []) {
    try {
      found.push(await judge(one));
    } catch (error) {
      found.push(words(error));
    }
  }
  return found;
}

async function lighthouse(addresses, chromium) {
  if (!addresses?.length) return [];
  const { default: run } = await inside('lighthouse/core/index.js');
  const { launch } = await inside('chrome-launcher/dist/index.js');
  const chrome = await launch({ chromePath: chromium, chromeFlags: FLAGS, logLevel: 'silent' });
  const options = {
    port: chrome.port, logLevel: 'silent', onlyCategories: ['accessibility', 'best-practices'],
  };
  const found = await each(addresses, async address => {
    const { lhr } = await run(address, options);
    if (lhr.runtimeError) throw new Error(lhr.runtimeError.message);
    const failed = Object.values(lhr.audits).filter(audit => audit.score !== null && audit.score < 1);
    return {
      accessibility: Math.round(lhr.categories.accessibility.score * 100),
      practices: Math.round(lhr.categories['best-practices'].score * 100),
      failed: failed.map(audit => audit.id),
    };
  });
  await chrome.kill();
  return found;
}

function pa11y(addresses, chromium) {
  const run = addresses?.length ? require('pa11y') : null;
  const chromeLaunchConfig = { executablePath: chromium, args: FLAGS };
  return each(addresses, async address => {
    const { issues } = await run(address, { standard: 'WCAG2AA', chromeLaunchConfig, timeout: 60000 });
    return { issues: issues.map(issue => `${issue.code}: ${issue.selector}`) };
  });
}

async function observatory(services) {
  if (!services?.length) return [];
  const source = '@mdn/mdn-http-observatory/src';
  // The list of hosts that browsers know to be https only is not fetched: none of it is ours.
  const list = join(folder, 'node_modules/@mdn/mdn-http-observatory/conf/hsts-preload.json');
  await access(list).catch(() => writeFile(list, '{}'));
  const [{ retrieve }, { ALL_TESTS }, charts, grader] = await Promise.all([
    inside(`${source}/retriever/retriever.js`), inside(`${source}/constants.js`),
    inside(`${source}/grader/charts.js`), inside(`${source}/grader/grader.js`),
  ]);
  // As its own `scan` does, which takes no port.
  return each(services, async ({ port, path }) => {
    const seen = await retrieve('localhost', { httpsPort: port, httpPort: 1, path });
    if (!seen.responses.auto?.verified) throw new Error('no answer over TLS');
    const results = ALL_TESTS.map(test => test(seen));
    const moved = results.map(({ result }) => grader.getScoreModifier(result));
    const lost = 100 + moved.filter(by => by < 0).reduce((sum, by) => sum + by, 0);
    const all = 100 + moved.reduce((sum, by) => sum + by, 0);
    const { score, grade } = grader.getGradeForScore(
      lost >= charts.MINIMUM_SCORE_FOR_EXTRA_CREDIT ? all : lost);
    const failed = results.filter(each => !each.pass).map(each => each.result);
    return { score, grade, failed };
  });
}

async function policies(texts) {
  if (!texts?.length) return [];
  const { CspParser } = require('csp_evaluator/dist/parser.js');
  const { CspEvaluator } = require('csp_evaluator/dist/evaluator.js');
  const { Severity } = require('csp_evaluator/dist/finding.js');
  return each(texts, text => {
    const all = new CspEvaluator(new CspParser(text).csp).evaluate();
    return {
      findings: all.map(({ severity, directive, description }) =>
        `${Severity[severity]} ${directive}: ${description}`),
    };
  });
}

let asked = '';
for await (const piece of process.stdin) asked += piece;
const { chromium, ...of } = JSON.parse(asked);
process.stdout.write(JSON.stringify({
  policies: await policies(of.policies),
  observatory: await observatory(of.observatory),
  pa11y: await pa11y(of.pa11y, chromium),
  lighthouse: await lighthouse(of.lighthouse, chromium),
}));
