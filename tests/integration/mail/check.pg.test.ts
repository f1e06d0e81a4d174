import { afterAll, beforeAll, expect, test } from 'vitest';
import { TestExercise, type Person } from '../../support/exercise.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';
import { readMail, startSmtp, type TestSmtp } from '../../support/smtp.ts';

let smtp: TestSmtp;
let server: TestServer;
let exercise: TestExercise;
let player: Person;
let late: Person;
beforeAll(async () => {
	smtp = await startSmtp();
	server = await startTestServer({
		environment: { SMTP_URL: smtp.url, MAIL_FROM: 'Muster <muster@example.test>' }
	});
	exercise = await TestExercise.create(server);
	const team = await exercise.team('GR CSIRT');
	player = await exercise.member('Player', { role: 'player', teamId: team.id });
	late = await exercise.member('Late', { role: 'player', teamId: team.id });
});
afterAll(async () => {
	await server.close();
	await smtp.stop();
});
const desk = async (person: Person) => {
	const { exercise: known, actor } = await server.services.exercises.open(exercise.id, person);
	const { communication } = server.services.readiness;
	return {
		start: () => communication.start(known, actor, { text: 'Can you read this?', minutes: 60 }),
		remind: () => communication.remind(known, actor),
		confirm: (id: string) => communication.confirm(known, actor, id),
		view: () => communication.view(known, actor)
	};
};

test('everybody is asked by mail; only who has not confirmed is reminded, and not again within ten minutes', async () => {
	const control = await desk(exercise.director);
	await control.start();
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(3);
	const mail = readMail(smtp.arrived.find((one) => one.to[0] === player.email)!);
	expect(mail.text).toContain('EXERCISE EXERCISE EXERCISE');
	expect(mail.text).toContain('Can you read this?');
	expect(mail.text).toContain(`/exercises/${exercise.id}`);
	await expect(control.remind()).rejects.toThrow('within the last 10 minutes');
	const { current } = await control.view();
	await (await desk(player)).confirm(current!.id);
	await server.services.database.pool.query(
		`update communication_answer set reminded_at = now() - interval '11 minutes'`
	);
	smtp.arrived.splice(0);
	expect(await control.remind()).toBe(2);
	await expect.poll(() => smtp.arrived.length, { timeout: 10_000 }).toBe(2);
	expect(smtp.arrived.map((one) => one.to[0]).sort()).toEqual([exercise.director.email, late.email].sort());
	expect((await control.view()).current!.confirmed).toBe(1);
	await expect((await desk(player)).remind()).rejects.toThrow();
});
