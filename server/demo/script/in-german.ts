import type { Texts } from '../scenario.ts';

/** Central injects in German, by their reference: for Austria, and for those German teams that do not work in English. */
export const inGerman: Texts = {
	'SW-000': {
		title: 'Können Sie das lesen?',
		text: `Diese Nachricht gehört nicht zur Handlung. Bitte bestätigen Sie sie, damit wir wissen, dass Ihr Arbeitsplatz funktioniert und dass jemand da ist.`
	},
	'SW-002': {
		title: 'Hersteller zieht Update 7.4 zurück',
		text: `Wir haben das Update 7.4 von Quayboard zurückgezogen, das heute zwischen 01:30 und 03:00 Uhr an Kunden ausgeliefert wurde. Bitte installieren Sie es nicht. Falls Sie es installiert haben, gehen Sie noch nicht auf die alte Version zurück: Das Verfahren kann Spuren zerstören.
Wir gehen Hinweisen auf einen Dienst namens qb-sync nach, der nicht zu unserem Produkt gehört. Nationale CSIRTs erhalten auf Anfrage eine Liste der Kunden in ihrem Land.
Die nächste Nachricht folgt, sobald wir mehr wissen, spätestens in einer halben Stunde.`
	},
	'SW-013': {
		title: 'Antwort des Herstellers zu qb-sync',
		text: `Danke für Ihre Rückmeldung. Bis jetzt können wir sagen: qb-sync kam mit dem Update und wird mit unserem gültigen Schlüssel gestartet. Auf Systemen mit Version 7.3 und älter wurde der Dienst nicht gefunden.
Bitte teilen Sie uns mit, ob Sie auf Ihren Systemen Verbindungen zu qb-status.example sehen.`
	},
	'SW-201': {
		title: 'Zugtrassen sind doppelt vergeben',
		text: `Im Buchungsportal haben siebzehn Güterzugtrassen dieses Vormittags je zwei Inhaber. Beide haben eine gültige Bestätigung, und das Portal zeigt keinen Fehler. Die Züge sind sicher: Die Signale hängen nicht vom Portal ab. Aber vor demselben Güterbahnhof stehen zwei Züge, und beide sind im Recht.`
	},
	'SW-202': {
		title: 'Gefahrgut ohne Trasse',
		text: `„Ich habe hier einen Zug mit zwanzig Kesselwagen, der seine Trasse verloren hat: Das Portal hat sie jemand anderem gegeben. Länger als zwei Stunden kann er auf diesem Gleis nicht stehen, dahinter sind Wohnhäuser. Wohin damit?“`
	},
	'SW-203': {
		title: 'Fremde Sitzungen im Buchungsportal',
		text: `Wir haben 63 Sitzungen gefunden, die nicht von den Kunden kommen, deren Namen sie tragen. Sie begannen um 02:35 Uhr, alle über die Fernwartung unseres Dienstleisters. Sie haben Buchungen geändert; mehr ist für uns nicht zu sehen.
Wir können alle Sitzungen auf einmal beenden. Dann sind mitten am Vormittag auch 400 Kunden abgemeldet.`
	},
	'SW-302': {
		title: '„Grey Halyard“ bekennt sich',
		text: `„WIR HALTEN DAS SEIL. Elf Häfen. Vierzig Gigabyte. Besatzungen, Tore, Verträge. Die erste Probe ist umsonst. Mittags steigt der Preis. — Grey Halyard“
Ein Link führt zu einer Seite mit neun Bildern von Lastwagen an einem Tor. Die Kennzeichen sind lesbar.`
	},
	'SW-303': {
		title: 'Fragen der Presse bis halb zehn',
		text: `Wir berichten um 09:30 Uhr und bitten um Ihre Antworten:
1. Gibt es einen Zusammenhang zwischen den Häfen?
2. Steht ein fremder Staat dahinter?
3. Wird etwas knapp?
4. Seit wann wissen Sie davon?`
	},
	'SW-206': {
		title: 'Der Güterbahnhof ist voll',
		text: `Alle Gleise sind belegt. Drei Züge warten draußen, einer davon seit 70 Minuten mit demselben Lokführer. In 50 Minuten endet seine Arbeitszeit. Dann steht der Zug auf der Hauptstrecke.`
	}
};
