import { as, base, browser, shot, exerciseId } from './.shots.mjs';
let page = await as('gr-moderator', { size: 's' });
const id = await exerciseId(page);
await page.goto(`${base}/exercises/${id}/control`); await page.waitForTimeout(3500); await shot(page,'mod-s-light');
for (const [k,[w,h]] of Object.entries({l:[1920,1080],p:[390,844]})) { await page.setViewportSize({width:w,height:h}); await page.waitForTimeout(400); await page.screenshot({path:`/tmp/console-data/shots/mod-${k}.png`, fullPage:k==='p'}); }
await page.setViewportSize({width:1366,height:768}); await page.emulateMedia({colorScheme:'dark'}); await page.waitForTimeout(300); await shot(page,'mod-s-dark');
page = await as('simulation-cell', { size:'s' });
await page.goto(`${base}/exercises/${id}`); await page.waitForTimeout(2000); await shot(page,'sim-s');
await page.getByRole('button',{name:/Help desk/}).click(); await page.waitForTimeout(500); await shot(page,'sim-help');
await page.setViewportSize({width:390,height:844}); await page.keyboard.press('Escape'); await page.waitForTimeout(500); await shot(page,'sim-p');
page = await as('gr-csirt-lead', { size:'s' });
await page.goto(`${base}/account`); await page.waitForTimeout(1500); await page.screenshot({path:'/tmp/console-data/shots/account.png', fullPage:true});
await page.goto(`${base}/terms/${id}`); await page.waitForTimeout(1000); await shot(page,'terms-accepted');
page = await as('exercise-director', { size:'s', scheme:'dark' });
await page.goto(`${base}/exercises/${id}/ready`); await page.waitForTimeout(2000); await page.screenshot({path:'/tmp/console-data/shots/ready.png', fullPage:true});
await browser.close();
