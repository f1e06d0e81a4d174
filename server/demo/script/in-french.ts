import type { Texts } from '../scenario.ts';

/** Central injects in French, by their reference. */
export const inFrench: Texts = {
	'SW-000': {
		title: 'Pouvez-vous lire ceci ?',
		text: `Ce message ne fait pas partie du scénario. Merci d’en accuser réception : nous saurons ainsi que votre espace de travail fonctionne et que quelqu’un est présent.`
	},
	'SW-002': {
		title: 'L’éditeur retire la mise à jour 7.4',
		text: `Nous avons retiré la mise à jour 7.4 de Quayboard, livrée aux clients ce matin entre 01 h 30 et 03 h 00. Merci de ne pas l’installer. Si elle est déjà installée, ne revenez pas encore à la version précédente : la procédure peut détruire des traces.
Nous examinons des signalements concernant un service nommé qb-sync, qui ne fait pas partie de notre livraison. Les CSIRT nationaux peuvent obtenir sur demande la liste des clients de leur pays.
Le prochain message suivra dès que nous en saurons plus, au plus tard dans une demi-heure.`
	},
	'SW-013': {
		title: 'Réponse de l’éditeur au sujet de qb-sync',
		text: `Merci de votre accusé de réception. Voici ce que nous pouvons dire : qb-sync est arrivé avec la mise à jour et démarre avec notre clé valide. Le service n’a été trouvé sur aucun système en version 7.3 ou antérieure.
Merci de nous dire si vous voyez, sur vos systèmes, des connexions vers qb-status.example.`
	},
	'SW-404': {
		title: 'Avis sur les accès de maintenance',
		text: `Avis, GREEN. Des comptes de télémaintenance d’une même entreprise ont servi à entrer dans au moins deux types de systèmes de transport. Nous recommandons : fermer les accès distants des prestataires dont on n’a pas besoin dans l’heure ; exiger un second facteur pour les autres ; rechercher les connexions de la nuit dernière entre 02 h 00 et 03 h 00.
Les indicateurs sont en annexe et peuvent être transmis au sein de vos communautés.`
	}
};
