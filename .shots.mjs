import { chromium } from '@playwright/test';
import { readFileSync } from 'node:fs';
const log = readFileSync('/tmp/console-data/demo.log','utf8');
const password = /Password of every demonstration account: (\S+)/.exec(log)[1];
const base = 'http://localhost:4391';
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const sizes = { s: [1366,768], l: [1920,1080], p: [390,844] };
export async function as(who, { size='s', scheme='light' } = {}) {
  const [width,height] = sizes[size];
  const context = await browser.newContext({ viewport: {width,height}, colorScheme: scheme });
  const page = await context.newPage();
  page.on('pageerror', e => console.log('PAGEERROR', who, e.message));
  page.on('console', m => { if (m.type()==='error') console.log('CONSOLE', who, m.text()); });
  await page.goto(base + '/sign-in');
  await page.getByLabel(/mail/i).first().fill(who + '@muster.example');
  await page.getByLabel(/password/i).first().fill(password);
  await page.keyboard.press('Enter');
  await page.waitForURL(u => !u.pathname.includes('sign-in'));
  return page;
}
export { base, browser, sizes };
export const shot = (page, name) => page.screenshot({ path: `/tmp/console-data/shots/${name}.png` });
export async function exerciseId(page) {
  await page.goto(base + '/exercises');
  const href = await page.locator('a[href*="/exercises/"]').first().getAttribute('href');
  return /exercises\/([^/]+)/.exec(href)[1];
}
