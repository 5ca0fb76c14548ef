"""Give the front door, the accounts and the teams their addresses.

allauth's pages are listed one by one, so that nothing of it is exposed that we have not dressed
and guarded.
"""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path

from decroche.accounts.guard import public, signed_in
from decroche.accounts.web.access_log import access_log
from decroche.accounts.web.demo_entrance import enter_as
from decroche.accounts.web.home import home
from decroche.accounts.web.join import join
from decroche.accounts.web.people import people, team, withdraw, withdraw_invitation
from decroche.accounts.web.profile import profile
from decroche.accounts.web.sign_in import FactorsView, RemoveKeyView, SignInView

_at_the_door = public(reason="one comes here to sign in or out, or to get one's password back")
_mid_sign_in = public(reason="between password and second factor; allauth checks the pending sign-in")

sign_in = [
    path("login/", _at_the_door(SignInView.as_view()), name="account_login"),
    path("logout/", _at_the_door(account.logout), name="account_logout"),
    path("inactive/", _at_the_door(account.account_inactive), name="account_inactive"),
    path("signup/", _at_the_door(account.signup), name="account_signup"),
    path("reauthenticate/", signed_in(account.reauthenticate), name="account_reauthenticate"),
    path("email/", signed_in(account.email), name="account_email"),
    path(
        "confirm-email/",
        _at_the_door(account.email_verification_sent),
        name="account_email_verification_sent",
    ),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        _at_the_door(account.confirm_email),
        name="account_confirm_email",
    ),
    path("password/change/", signed_in(account.password_change), name="account_change_password"),
    path("password/set/", signed_in(account.password_set), name="account_set_password"),
    path("password/reset/", _at_the_door(account.password_reset), name="account_reset_password"),
    path(
        "password/reset/done/", _at_the_door(account.password_reset_done), name="account_reset_password_done"
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        _at_the_door(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        _at_the_door(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
]

two_factors = [
    path("", signed_in(FactorsView.as_view()), name="mfa_index"),
    path("authenticate/", _mid_sign_in(mfa.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", signed_in(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("totp/activate/", signed_in(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", signed_in(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("codes/", signed_in(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("codes/generate/", signed_in(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("codes/download/", signed_in(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("keys/", signed_in(keys.list_webauthn), name="mfa_list_webauthn"),
    path("keys/add/", signed_in(keys.add_webauthn), name="mfa_add_webauthn"),
    path("keys/login/", _at_the_door(keys.login_webauthn), name="mfa_login_webauthn"),
    path("keys/reauthenticate/", signed_in(keys.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"),
    path("keys/<int:pk>/remove/", signed_in(RemoveKeyView.as_view()), name="mfa_remove_webauthn"),
    path("keys/<int:pk>/edit/", signed_in(keys.edit_webauthn), name="mfa_edit_webauthn"),
]

own = [
    path("profile/", profile, name="profile"),
    path("people/", people, name="people"),
    path("people/<slug:team_key>/", team, name="team"),
    path("people/<slug:team_key>/members/<int:user_id>/withdraw/", withdraw, name="withdraw_member"),
    path("invitations/<int:invitation_id>/withdraw/", withdraw_invitation, name="withdraw_invitation"),
    path("invitation/<str:token>/", join, name="join"),
    path("access-log/", access_log, name="access_log"),
]


def own_patterns(*, mode: str) -> list[URLPattern | URLResolver]:
    """Return our own pages; entering as somebody else exists in the demo only."""
    demo = [path("enter-as/<int:user_id>/", enter_as, name="enter_as")] if mode == "demo" else []
    return [*own, *demo]


urlpatterns = [
    path("", home, name="home"),
    path("accounts/", include((own_patterns(mode=settings.MODE), "accounts"))),
    path("accounts/", include(sign_in)),
    path("accounts/2fa/", include(two_factors)),
]
