/** A browser notice, where the reader has switched them on (team room, alerts) and the browser lets us. */
export function showNotice(title: string, body: string, tag: string, open: () => void): void {
	if (!('Notification' in window) || Notification.permission !== 'granted') return;
	if (localStorage.getItem('muster:notices') !== 'on') return;
	try {
		const notice = new Notification(title, { body, tag });
		notice.onclick = () => {
			window.focus();
			open();
			notice.close();
		};
	} catch {
		// phones allow notices to installed apps only
	}
}
