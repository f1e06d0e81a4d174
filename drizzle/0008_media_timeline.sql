-- Exercises that are there already get the timeline of simulated media, as new ones do.
insert into document (name, exercise_id, server_client, timeline, segment)
select 'exercise/' || id || '/timeline/channel/media/0', id, 1 + floor(random() * 4294967294)::bigint,
	'exercise/' || id || '/timeline/channel/media', 0
from exercise
on conflict (name) do nothing;
