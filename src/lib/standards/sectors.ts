/** Sectors and subsectors of NIS2, Annex I and II (DOMAIN 2.10). Ids are stable and never translated. */
export const sectors = [
	{
		id: 'energy',
		name: 'Energy',
		annex: 1,
		subsectors: [
			{ id: 'electricity', name: 'Electricity' },
			{ id: 'district-heating-and-cooling', name: 'District heating and cooling' },
			{ id: 'oil', name: 'Oil' },
			{ id: 'gas', name: 'Gas' },
			{ id: 'hydrogen', name: 'Hydrogen' }
		]
	},
	{
		id: 'transport',
		name: 'Transport',
		annex: 1,
		subsectors: [
			{ id: 'air', name: 'Air' },
			{ id: 'rail', name: 'Rail' },
			{ id: 'water', name: 'Water' },
			{ id: 'road', name: 'Road' }
		]
	},
	{ id: 'banking', name: 'Banking', annex: 1, subsectors: [] },
	{ id: 'financial', name: 'Financial market infrastructures', annex: 1, subsectors: [] },
	{ id: 'health', name: 'Health', annex: 1, subsectors: [] },
	{ id: 'drinking-water', name: 'Drinking water', annex: 1, subsectors: [] },
	{ id: 'waste-water', name: 'Waste water', annex: 1, subsectors: [] },
	{ id: 'digital-infrastructure', name: 'Digital infrastructure', annex: 1, subsectors: [] },
	{ id: 'ict-services', name: 'ICT service management', annex: 1, subsectors: [] },
	{ id: 'public-administration', name: 'Public administration', annex: 1, subsectors: [] },
	{ id: 'space', name: 'Space', annex: 1, subsectors: [] },
	{ id: 'courier', name: 'Postal and courier services', annex: 2, subsectors: [] },
	{ id: 'waste-management', name: 'Waste management', annex: 2, subsectors: [] },
	{ id: 'chemical', name: 'Chemicals', annex: 2, subsectors: [] },
	{ id: 'food', name: 'Food', annex: 2, subsectors: [] },
	{
		id: 'manufacturing',
		name: 'Manufacturing',
		annex: 2,
		subsectors: [
			{ id: 'medical-devices-manufacturing', name: 'Medical devices' },
			{ id: 'computer-manufacturing', name: 'Computer, electronic and optical products' },
			{ id: 'electrical-equipment-manufacturing', name: 'Electrical equipment' },
			{ id: 'machinery-equipment-manufacturing', name: 'Machinery' },
			{ id: 'vehicles-trailers-manufacturing', name: 'Motor vehicles and trailers' },
			{ id: 'other-transport-manufacturing', name: 'Other transport equipment' }
		]
	},
	{ id: 'digital-providers', name: 'Digital providers', annex: 2, subsectors: [] },
	{ id: 'research', name: 'Research', annex: 2, subsectors: [] }
] as const;

export type Sector = (typeof sectors)[number]['id'];
export type Subsector = (typeof sectors)[number]['subsectors'][number]['id'];

export const sectorIds = sectors.map((sector) => sector.id) as [Sector, ...Sector[]];
export const subsectorIds = sectors.flatMap((sector) =>
	sector.subsectors.map((subsector) => subsector.id)
) as [Subsector, ...Subsector[]];

const names = new Map<string, string>(
	sectors.flatMap((sector) => [
		[sector.id, sector.name] as const,
		...sector.subsectors.map((subsector) => [subsector.id, subsector.name] as const)
	])
);

/** The English name of a sector or subsector. */
export const sectorName = (id: Sector | Subsector): string => names.get(id) ?? id;

/** The subsectors of a sector; empty where the directive names none. */
export function subsectorsOf(id: Sector): readonly { id: Subsector; name: string }[] {
	return sectors.find((sector) => sector.id === id)?.subsectors ?? [];
}
