import type { Tick } from '#lib/exercise/plan/scale.ts';
import { visibleOf, type Placed } from '#lib/exercise/plan/lanes.ts';
import {
	axisHeight,
	lanesBetween,
	markHeight,
	markTop,
	type LaidLane,
	type Layout
} from './picture-layout.ts';
import type { Palette } from './palette.ts';

/** Everything that one frame shows; times are exercise time, sizes px. */
export interface Scene {
	width: number;
	height: number;
	labelWidth: number;
	layout: Layout;
	/** the time at the left edge beside the labels, and how many px a millisecond is */
	from: number;
	scale: number;
	scrollTop: number;
	/** the least width of a mark */
	markWidth: number;
	ticks: readonly (Tick & { label: string })[];
	startsAt: number;
	endsAt: number;
	now: number | null;
	colourOf: (placed: Placed) => string;
	/** what is written on a mark: its number, and where there is room the title too */
	labelOf: (placed: Placed) => { name: string; whole: string };
	/** while something is dragged: how far each goes, ms */
	shifts: ReadonlyMap<string, number>;
	selected: ReadonlySet<string>;
	focused: string | null;
	/** pairs of injects: before and after */
	links: readonly (readonly [string, string])[];
	/** where others are, with their name and colour */
	others: ReadonlyMap<string, { name: string; colour: string }>;
}

const font = '11px "Inter Variable", Inter, "Segoe UI", system-ui, sans-serif';

export function draw(context: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
	const { width, height, labelWidth } = scene;
	context.font = font;
	context.textBaseline = 'middle';
	context.setLineDash([]);
	fill(context, palette.paper, 0, 0, width, height);
	context.save();
	context.beginPath();
	context.rect(labelWidth, axisHeight, width - labelWidth, height - axisHeight);
	context.clip();
	const shown = lanesBetween(scene.layout.lanes, scene.scrollTop, scene.scrollTop + height - axisHeight);
	drawGround(context, scene, palette, shown);
	drawLinks(context, scene, palette);
	for (const lane of shown) drawLane(context, scene, palette, lane);
	if (scene.now !== null) drawMoment(context, scene, scene.now, palette.stop, 2);
	context.restore();
	drawLabels(context, scene, palette, shown);
	drawAxis(context, scene, palette);
}

export const xOf = (scene: Pick<Scene, 'labelWidth' | 'from' | 'scale'>, at: number) =>
	scene.labelWidth + (at - scene.from) * scene.scale;
const yOf = (scene: Scene, top: number) => axisHeight + top - scene.scrollTop;

function fill(
	context: CanvasRenderingContext2D,
	colour: string,
	x: number,
	y: number,
	width: number,
	height: number
) {
	context.fillStyle = colour;
	context.fillRect(x, y, width, height);
}

/** What is outside play is darker; lines for ticks and between lanes. */
function drawGround(
	context: CanvasRenderingContext2D,
	scene: Scene,
	palette: Palette,
	lanes: readonly LaidLane[]
) {
	const { labelWidth, width, height } = scene;
	const [start, end] = [xOf(scene, scene.startsAt), xOf(scene, scene.endsAt)];
	if (start > labelWidth) fill(context, palette.desk, labelWidth, axisHeight, start - labelWidth, height);
	if (end < width) fill(context, palette.desk, Math.max(end, labelWidth), axisHeight, width, height);
	for (const { at, kind } of scene.ticks)
		fill(
			context,
			kind === 'day' ? palette.edge : palette.line,
			Math.round(xOf(scene, at)),
			axisHeight,
			1,
			height
		);
	for (const lane of lanes) {
		const y = Math.round(yOf(scene, lane.top + lane.height)) - 1;
		fill(context, palette.line, labelWidth, y, width, 1);
	}
	drawMoment(context, scene, scene.startsAt, palette.responded, 2);
	drawMoment(context, scene, scene.endsAt, palette.ink, 2);
}

function drawMoment(
	context: CanvasRenderingContext2D,
	scene: Scene,
	at: number,
	colour: string,
	thick: number
) {
	const x = xOf(scene, at);
	if (x >= scene.labelWidth - thick && x <= scene.width)
		fill(context, colour, Math.round(x) - thick / 2, axisHeight, thick, scene.height);
}

function drawLane(context: CanvasRenderingContext2D, scene: Scene, palette: Palette, lane: LaidLane) {
	const wide = scene.markWidth / scene.scale;
	const until = scene.from + (scene.width - scene.labelWidth) / scene.scale;
	const isDragging = scene.shifts.size > 0;
	const bottom = scene.scrollTop + scene.height - axisHeight;
	const moving: Placed[] = [];
	for (const one of visibleOf(lane.placed, scene.from - 220 / scene.scale, until, wide)) {
		const top = markTop(lane, one);
		// a lane may be much higher than the window
		if (top > bottom || top + markHeight < scene.scrollTop) continue;
		if (scene.shifts.has(one.entry.inject.id)) continue;
		drawMark(context, scene, palette, lane, one, one.at, isDragging ? 'resting' : 'plain');
	}
	if (!isDragging) return;
	// what is moved comes from wherever it stands to where it will be
	for (const one of lane.placed) if (scene.shifts.has(one.entry.inject.id)) moving.push(one);
	for (const one of moving) {
		drawMark(context, scene, palette, lane, one, one.at, 'left');
		drawMark(context, scene, palette, lane, one, one.at + scene.shifts.get(one.entry.inject.id)!, 'moving');
	}
}

type Manner = 'plain' | 'resting' | 'left' | 'moving';

function drawMark(
	context: CanvasRenderingContext2D,
	scene: Scene,
	palette: Palette,
	lane: LaidLane,
	one: Placed,
	at: number,
	manner: Manner
) {
	const x = xOf(scene, at);
	const room = manner === 'moving' ? 220 : Math.min(220, (one.until - one.at) * scene.scale - 3);
	if (x > scene.width || x + 220 < scene.labelWidth) return;
	const y = yOf(scene, markTop(lane, one));
	const { inject, state } = one.entry;
	const label = room > 26 ? markLabel(context, scene.labelOf(one), room - 13) : '';
	const width = label === '' ? Math.max(8, Math.min(room, 12)) : widthOf(context, label) + 13;
	const colour = scene.colourOf(one);
	const isPicked = scene.selected.has(inject.id);
	context.globalAlpha = manner === 'left' ? 0.35 : manner === 'resting' ? 0.75 : 1;
	context.beginPath();
	context.roundRect(x, y, width, markHeight, 3);
	context.fillStyle =
		manner === 'moving' || isPicked
			? palette.accentWash
			: state === 'released' || state === 'recalled'
				? palette.raised
				: palette.paper;
	context.fill();
	context.lineWidth = isPicked || manner === 'moving' ? 2 : 1;
	context.strokeStyle = isPicked || manner === 'moving' ? palette.accent : colour;
	// what nobody has approved is a draft: a broken line, so that colour is not alone
	const isDraft = state === 'draft' || state === 'returned';
	context.setLineDash((isDraft && label !== '') || manner === 'left' ? [3, 2] : []);
	context.stroke();
	context.setLineDash([]);
	// without words a draft is hollow, and the rest is full
	if (label !== '' || !isDraft)
		fill(context, colour, x + 1, y + 1, label === '' ? width - 2 : 4, markHeight - 2);
	if (label !== '') {
		context.fillStyle = palette.ink;
		context.fillText(label, x + 9, y + markHeight / 2 + 0.5);
	}
	const other = scene.others.get(inject.id);
	if (other) {
		context.lineWidth = 2;
		context.strokeStyle = other.colour;
		context.strokeRect(x - 2, y - 2, width + 4, markHeight + 4);
		// names lie over what is beside: they come and go
		fill(context, other.colour, x + width + 2, y - 2, widthOf(context, other.name) + 8, markHeight + 4);
		context.fillStyle = '#ffffff';
		context.fillText(other.name, x + width + 6, y + markHeight / 2 + 0.5);
	}
	context.globalAlpha = 1;
}

/** From each inject to what is planned after it, for the one that has the focus. */
function drawLinks(context: CanvasRenderingContext2D, scene: Scene, palette: Palette) {
	const { layout } = scene;
	const point = (id: string) => {
		const place = layout.places.get(id);
		const lane = place && layout.lanes[place.lane];
		if (!place || !lane) return null;
		return {
			x: xOf(scene, place.placed.at + (scene.shifts.get(id) ?? 0)),
			y: yOf(scene, markTop(lane, place.placed)) + markHeight / 2
		};
	};
	context.strokeStyle = palette.accent;
	context.fillStyle = palette.accent;
	context.lineWidth = 1.5;
	for (const [before, then] of scene.links) {
		const [a, b] = [point(before), point(then)];
		if (!a || !b) continue;
		const bend = Math.max(18, Math.abs(b.x - a.x) / 3);
		context.beginPath();
		context.moveTo(a.x + 6, a.y);
		context.bezierCurveTo(a.x + bend, a.y, b.x - bend, b.y, b.x - 5, b.y);
		context.stroke();
		context.beginPath();
		context.moveTo(b.x, b.y);
		context.lineTo(b.x - 6, b.y - 3.5);
		context.lineTo(b.x - 6, b.y + 3.5);
		context.fill();
	}
}

function drawLabels(
	context: CanvasRenderingContext2D,
	scene: Scene,
	palette: Palette,
	lanes: readonly LaidLane[]
) {
	const { labelWidth, height } = scene;
	fill(context, palette.raised, 0, axisHeight, labelWidth, height - axisHeight);
	for (const lane of lanes) {
		const top = yOf(scene, lane.top);
		const bottom = top + lane.height;
		// the label stays while any of its lane shows
		const y = Math.min(Math.max(top, axisHeight) + 15, bottom - 12);
		if (lane.colour !== '')
			fill(context, lane.colour, 0, Math.max(top, axisHeight) + 3, 4, bottom - Math.max(top, axisHeight) - 6);
		context.font = `600 ${font}`;
		context.fillStyle = palette.ink;
		context.fillText(fit(context, lane.label, labelWidth - 46), 10, y);
		context.font = font;
		context.fillStyle = palette.soft;
		const count = String(lane.placed.length);
		context.fillText(count, labelWidth - 8 - widthOf(context, count), y);
		fill(context, palette.line, 0, Math.round(bottom) - 1, labelWidth, 1);
	}
	fill(context, palette.line, labelWidth - 1, axisHeight, 1, height);
}

function drawAxis(context: CanvasRenderingContext2D, scene: Scene, palette: Palette) {
	const { width, labelWidth } = scene;
	fill(context, palette.raised, 0, 0, width, axisHeight);
	fill(context, palette.line, 0, axisHeight - 1, width, 1);
	context.save();
	context.beginPath();
	context.rect(labelWidth, 0, width - labelWidth, axisHeight);
	context.clip();
	for (const { at, kind, label } of scene.ticks) {
		const x = xOf(scene, at);
		context.font = kind === 'day' ? `600 ${font}` : font;
		context.fillStyle = kind === 'minute' ? palette.soft : palette.ink;
		context.fillText(label, x + 3, axisHeight - 10);
		fill(context, kind === 'day' ? palette.edge : palette.line, Math.round(x), axisHeight - 14, 1, 14);
	}
	for (const [at, word, colour] of [
		[scene.startsAt, 'STARTEX', palette.responded],
		[scene.endsAt, 'ENDEX', palette.ink]
	] as const) {
		context.font = `600 ${font}`;
		context.fillStyle = colour;
		context.fillText(word, xOf(scene, at) + 3, 9);
	}
	context.font = font;
	context.restore();
}

// measuring is what costs most in a frame: each text once
const widths = new Map<string, number>();
function widthOf(context: CanvasRenderingContext2D, text: string): number {
	const key = `${context.font}${text}`;
	let width = widths.get(key);
	if (width === undefined) {
		if (widths.size > 20_000) widths.clear();
		widths.set(key, (width = context.measureText(text).width));
	}
	return width;
}

/** A number that is cut is no number: it stands alone before a title that would have no room beside it. */
function markLabel(
	context: CanvasRenderingContext2D,
	{ name, whole }: { name: string; whole: string },
	room: number
): string {
	const label = fit(context, whole, room);
	return label.length <= name.length + 3 && widthOf(context, name) <= room ? name : label;
}

function fit(context: CanvasRenderingContext2D, text: string, room: number): string {
	const width = widthOf(context, text);
	if (width <= room) return text;
	// letters differ in width: a guess, then fewer until it is true
	for (let letters = Math.floor((text.length * (room - 8)) / width); letters > 1; letters--) {
		const cut = `${text.slice(0, letters).trimEnd()}…`;
		if (widthOf(context, cut) <= room) return cut;
	}
	return '';
}
