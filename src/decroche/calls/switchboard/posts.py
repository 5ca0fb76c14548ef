"""Move the secretaries' posts: what each does now, and what follows a call."""

from bisect import bisect_right
from datetime import datetime, timedelta
from uuid import UUID

from decroche.calls.domain.post import AT_POST, BUSY, PauseReason, PostState
from decroche.calls.switchboard import commands as ask
from decroche.calls.switchboard.records import StepKind
from decroche.calls.switchboard.state import LiveCall, LivePost
from decroche.calls.switchboard.turn import Turn

LOST_PHONE = "lost"  # reason of an AWAY post whose phone vanished; it comes back by itself
AN_HOUR = timedelta(hours=1)


class Posts(Turn):
    """Know the few moves of a post."""

    def post_of(self, user_id: int) -> LivePost | None:
        """Return the person's post, made at need; None for somebody who may hold none."""
        post = self.posts.get(user_id)
        if post is None and (member := self.directory.members.get(user_id)):
            post = self.posts[user_id] = LivePost(user_id, member.secretariat_id)
            post.protected = dict(self.directory.protections.get(user_id, {}))
        return post

    def set_post(
        self,
        post: LivePost,
        state: PostState,
        now: datetime,
        *,
        reason: str = "",
        call_id: UUID | None = None,
    ) -> None:
        """Put a post in a state; leaving wrap-up closes the wrap-up of its call."""
        if post.wrap_up_call_id is not None and state is not PostState.WRAP_UP:
            self._close_wrap_up(post, now)
        if state not in AT_POST:
            post.working_since = None
        elif post.working_since is None:
            post.working_since = now
        post.state, post.reason, post.call_id, post.since = state, reason, call_id, now
        if state is not PostState.WRAP_UP:
            post.wrap_up_until = None
        self.touch_post(post)

    def free(self, post: LivePost, now: datetime) -> None:
        """Let a post be offered calls again, or be what its owner asked to be after this one."""
        if post.after_call is not None:
            (state, reason), post.after_call = post.after_call, None
            self.set_post(post, state, now, reason=reason)
        elif post.missed >= self.timing.pause_after_missed:
            post.missed = 0
            self.set_post(post, PostState.PAUSED, now, reason=PauseReason.NO_ANSWER)
        else:
            self.set_post(post, PostState.AVAILABLE, now)

    def release(self, user_id: int | None, call: LiveCall, now: datetime) -> None:
        """Free somebody who had a part in the call, if she still has."""
        post = self.posts.get(user_id) if user_id is not None else None
        if post is not None and post.call_id == call.call_id:
            self.free(post, now)

    def borrow(self, post: LivePost, call: LiveCall, state: PostState, now: datetime) -> None:
        """Let somebody take part in a colleague's call; afterwards she is again what she was."""
        if post.state is not PostState.AVAILABLE and post.after_call is None and not self.is_busy(post):
            is_settled = post.state in {PostState.PAUSED, PostState.AWAY}
            post.after_call = (post.state, post.reason) if is_settled else None
        self.set_post(post, state, now, call_id=call.call_id)

    def wrap_up(self, post: LivePost, call: LiveCall, now: datetime) -> None:
        """Give the secretary the time to finish what the call asked for."""
        self.set_post(post, PostState.WRAP_UP, now)
        post.wrap_up_call_id = call.call_id
        post.wrap_up_until = call.wrap_up_until = now + self.sharing_of(post.secretariat_id).wrap_up
        self.touch(call)

    def _close_wrap_up(self, post: LivePost, now: datetime) -> None:
        call = self.calls.get(post.wrap_up_call_id) if post.wrap_up_call_id else None
        post.wrap_up_call_id = post.wrap_up_until = None
        if call is not None:
            call.wrap_up_until = now
            self.note(call, StepKind.WRAP_UP_ENDED, now, secretary_id=post.user_id)

    def took(self, post: LivePost, call: LiveCall, now: datetime) -> None:
        """Remember that the secretary took this call: for her load, and for who knows whom."""
        post.missed = 0
        del post.answered[: bisect_right(post.answered, now - AN_HOUR)]
        post.answered.append(now)
        post.last_call = (call.call_id, call.caller_number)
        if call.practice_id is not None:
            key = (post.user_id, call.practice_id)
            self.familiarity[key] = self.familiarity.get(key, 0) + 1
            if call.caller_number:
                self.last_spoken[call.practice_id, call.caller_number] = post.user_id

    def route(self, post: LivePost, number: str, now: datetime) -> None:
        """Let her calls ring at an outside number; empty: at her own phone again, which has a while to come."""
        if post.mobile == number:
            return
        post.mobile = number
        post.phone_gone_at = None if number or post.registered else now
        self.send(ask.RoutePhone(post.user_id, number))
        if number and post.state is PostState.AWAY and post.reason == LOST_PHONE:
            self.set_post(post, PostState.AVAILABLE, now)
        self.touch_post(post)

    def is_busy(self, post: LivePost) -> bool:
        """Say whether the post has a call in hand or ringing."""
        return post.state in BUSY
