-- Teams that are there already get the timeline on which their evaluators note, as new ones do.
insert into document (name, exercise_id, server_client, timeline, segment)
select 'exercise/' || exercise_id || '/timeline/evaluation/' || id || '/0', exercise_id, 1 + floor(random() * 4294967294)::bigint,
	'exercise/' || exercise_id || '/timeline/evaluation/' || id, 0
from team
on conflict (name) do nothing;
