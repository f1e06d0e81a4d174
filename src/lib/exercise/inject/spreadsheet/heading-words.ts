import type { Target } from './columns.ts';

/**
 * Headings as they occur in scripts of others: HSEEP, Blueprint and MITRE templates, national workbooks. Words are
 * folded (`foldWord`): lower case, no accents, no punctuation. English first, then French, German, Spanish, Italian.
 * A heading is known if it is one of these, and half known if it contains one as whole words.
 */
export const headingWords: ReadonlyMap<Target, readonly string[]> = new Map(
	Object.entries({
		reference: `
			id, inject id, inject, inject number, inject no, inject nr, inject ref, event number,
			event no, event id, event, control number, number, no, nr, ref, reference,
			reference number, msel number, msel no, msel id, item, item number, serial number,
			numero, n, numero d inject, n inject, identifiant, numero de stimulus, n stimulus,
			stimulus, nummer, lfd nr, laufende nummer, einlage, einlagennummer, einlage nr, kennung,
			ereignisnummer, numero de evento, num, identificador, numero inject, numero evento,
			identificativo, codice, codigo`,
		storyline: `
			storyline, story line, thread, strand, scenario thread, phase, scene, act, vignette,
			move, track, block, fil, fil rouge, fil conducteur, scenario, volet, sequence,
			handlungsstrang, strang, szenario, lage, hilo, trama, linea argumental, fase, filone,
			scenario principale`,
		category: `
			category, event type, inject type, type, kind, type of event, type of inject, categorie,
			type d evenement, type d inject, nature, kategorie, art, typ, ereignistyp,
			art der einlage, categoria, tipo, tipo de evento, tipo di evento, tipologia`,
		level: `
			level, play level, exercise level, niveau, ebene, spielebene, nivel, livello`,
		time: `
			time, ex time, exercise time, designated scenario time, scenario time, delivery time,
			scheduled time, planned time, inject time, release time, local time, start time,
			date time, date and time, date time local, datetime, when, schedule, scheduled, timing,
			time of inject, time of delivery, dtg, release at, time local, clock time, real time,
			event time, heure, horaire, date heure, date et heure, heure d injection, heure prevue,
			heure exercice, moment, zeit, uhrzeit, zeitpunkt, datum uhrzeit, datum zeit,
			einspielzeit, uebungszeit, ubungszeit, hora, fecha y hora, fecha hora, hora prevista,
			horario, ora, orario, data e ora, data ora, ora prevista`,
		day: `
			day, date, exercise day, day of exercise, jour, jour d exercice, tag, datum, ubungstag,
			dia, fecha, giorno, data`,
		offset: `
			offset, offset min, offset minutes, elapsed, elapsed time, relative time, time offset,
			minutes after startex, delta, delta t, t plus, t, minutes, startex plus, decalage,
			temps relatif, delai, temps ecoule, versatz, relative zeit, verstrichene zeit, desfase,
			tiempo relativo, scostamento, tempo relativo`,
		after: `
			after, after id, follows, predecessor, depends on, triggered by, previous inject, apres,
			precedent, folgt auf, nach einlage, vorganger, despues de, depende de, dopo, dipende da`,
		scheduleMode: `
			schedule mode, mode of release, release mode, trigger type`,
		condition: `
			condition, trigger, trigger condition, contingency condition, declencheur, bedingung,
			ausloser, condicion, condizione`,
		title: `
			title, inject title, event title, subject, headline, short title, name, inject name,
			event name, summary, short description, synopsis, brief description, event summary,
			topic, titre, objet, sujet, intitule, resume, titel, betreff, thema, bezeichnung,
			kurzbeschreibung, uberschrift, stichwort, titulo, asunto, resumen, titolo, oggetto,
			sintesi`,
		from: `
			from, from org, sender, simulated sender, originator, source, inject from, sent by,
			initiator, simulated from, from whom, from organisation, from organization, de,
			expediteur, emetteur, source simulee, von, absender, quelle, remitente, origen, emisor,
			da, mittente, fonte, provenienza`,
		to: `
			to, to org, recipient, recipients, target, target audience, audience, addressee,
			addressees, player, players, responsible player, recipient player, participants,
			receiver, inject to, to whom, to organisation, to organization, recipient s,
			target player, training audience, participant, destinataire, destinataires, cible,
			joueurs, joueur, audience cible, an, empfanger, adressat, adressaten, zielgruppe,
			spieler, para, destinatario, destinatarios, destinatari, jugadores, jugador, a,
			giocatori, giocatore`,
		toCountries: `
			to countries, countries, country, pays, land, lander, pais, paises, paese, paesi,
			member state, member states`,
		toTeams: `
			to teams, teams, team, to team, player team, cell, player cell, equipe, equipes,
			mannschaft, gruppe, equipo, equipos, squadra, squadre`,
		toLevels: `
			to roles, to levels, roles, role`,
		channel: `
			channel, inject mode, mode, delivery method, method, means, medium, delivery,
			method of delivery, delivery mode, delivery mechanism, inject method, inject means,
			communication channel, mode of delivery, via, how, mechanism, vector, delivery type,
			canal, moyen, mode de transmission, moyen de transmission, support, vecteur, kanal,
			ubermittlung, ubermittlungsart, medium der einspielung, mittel, einspielart, einspielweg,
			medio, modo de entrega, metodo, via de entrega, canale, mezzo, modalita,
			modalita di consegna`,
		tlp: `
			tlp, tlp label, marking, classification, label, tlp marking, sharing, einstufung,
			clasificacion, classificazione, marquage`,
		body: `
			body, message, description, details, text, content, inject text, inject content,
			inject description, event description, full text, narrative, message text, script,
			inject details, inject message, detail, detailed description, contenu, texte, corps,
			message complet, descriptif, contenu du message, inhalt, nachricht, beschreibung,
			nachrichtentext, wortlaut, einspieltext, contenido, mensaje, descripcion, texto,
			contenuto, messaggio, descrizione, testo`,
		expectedActions: `
			expected actions, expected action, expected participant response, expected player action,
			expected player actions, expected response, expected responses, expected outcome,
			expected outcomes, expected player response, anticipated action, anticipated response,
			expected result, expected results, desired action, expectation, expectations,
			player actions, actions attendues, action attendue, reponse attendue, reaction attendue,
			reactions attendues, resultat attendu, erwartete reaktion, erwartete reaktionen,
			erwartete massnahme, erwartete massnahmen, erwartete handlung, soll reaktion,
			accion esperada, acciones esperadas, respuesta esperada, reaccion esperada,
			azione attesa, azioni attese, risposta attesa, reazione attesa`,
		window: `
			window, window min, duration, duration min, duree, dauer, duracion, durata`,
		objectives: `
			objectives, objective, exercise objective, exercise objectives, related objective,
			objective number, goal, goals, objective s, training objective, training objectives,
			objectif, objectifs, ziel, ziele, ubungsziel, ubungsziele, lernziel, objetivo, objetivos,
			obiettivo, obiettivi`,
		capabilities: `
			capabilities, capability, core capability, core capabilities, skills, capacite,
			capacites, fahigkeit, fahigkeiten, capacidad, capacidades, capacita`,
		controller: `
			controller, responsible, responsible controller, owner, assigned to, moderator,
			injected by, delivered by, poc, point of contact, responsible person, inject owner,
			facilitator, simcell, trusted agent, lead, excon lead, assignee, animateur, responsable,
			pilote, verantwortlich, verantwortlicher, zustandig, einspieler, responsabile,
			controlador, moderatore`,
		evaluatorNotes: `
			evaluator notes, evaluation, evaluator, evaluation criteria, measure of performance,
			measures of performance, evaluation notes, eeg, metric, notes evaluateur,
			criteres d evaluation, bewertung, bewertungskriterien, evaluacion, valutazione`,
		controllerNotes: `
			controller notes, notes, note, comments, comment, remarks, remark, excon notes,
			assumptions, background, additional information, moderator notes, facilitator notes,
			ground truth, remarques, remarque, commentaire, commentaires, observations, bemerkung,
			bemerkungen, anmerkung, anmerkungen, hinweise, notas, comentarios, observaciones,
			note di controllo, osservazioni, commenti`,
		acknowledgementRequired: `
			ack required, acknowledgement required, acknowledgment required, acknowledge, ack,
			accuse de reception, bestatigung, acuse de recibo, conferma`,
		responseRequired: `
			response required, reply required, answer required, reponse requise,
			antwort erforderlich, respuesta requerida, risposta richiesta`,
		acknowledgeWithin: `
			acknowledge within min, acknowledge within, ack within, ack within min`,
		respondWithin: `
			respond within min, respond within, response within, response due, reply within,
			response deadline`,
		musterId: `
			muster id`,
		ignore: `
			serial, status, attachments, attachment, simulated time, sim time, group, complete,
			completed, done, actual time, time delivered, time sent, state, poll, version,
			last modified, created, created by, planner, author, files, file, url, language, score,
			statut, piece jointe, pieces jointes, anhang, anlagen, anlage, estado, adjuntos, stato,
			allegati, heure reelle, erledigt`
	}).map(([target, words]) => [target as Target, words.split(',').map((word) => word.trim())])
);

/** The columns by which a template is known, folded; and what they are for where it differs from the words above. */
export const templates = {
	hseep: {
		headings: [
			'event number',
			'designated scenario time',
			'event type',
			'inject mode',
			'from',
			'to',
			'message',
			'expected participant response',
			'exercise objective',
			'notes'
		],
		/** so many of them make it one */
		enough: 5
	},
	blueprint: {
		headings: [
			'control number',
			'move',
			'group',
			'delivery time',
			'exercise time',
			'simulated time',
			'assigned to',
			'status',
			'title',
			'description',
			'from org',
			'to org',
			'details',
			'expected actions'
		],
		enough: 7
	}
} as const;
