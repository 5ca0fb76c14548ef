"""Name the Asterisk modules that Décroche uses, dependencies included.

Asterisk is started with this explicit list (``autoload=no``): it is ready in half a second, takes 60 MB, and offers
nothing that we do not use. Modules that a version does not have are left out when the configuration is written.
"""

from typing import Final

_NAMES: Final = """
app_dial app_exec app_playback app_queue app_record app_stack app_stasis app_userevent app_verbose app_while
bridge_builtin_features bridge_holding bridge_native_rtp bridge_simple bridge_softmix
chan_bridge_media chan_pjsip chan_rtp
codec_a_mu codec_alaw codec_g722 codec_opus codec_opus_open_source codec_resample codec_ulaw
format_pcm format_sln format_wav
func_callerid func_channel func_cut func_db func_dialplan func_env func_global func_hangupcause func_logic
func_math func_pjsip_aor func_pjsip_contact func_pjsip_endpoint func_strings func_timeout func_uri
pbx_config
res_ari res_ari_applications res_ari_asterisk res_ari_bridges res_ari_channels res_ari_device_states
res_ari_endpoints res_ari_events res_ari_model res_ari_playbacks res_ari_recordings res_ari_sounds
res_convert res_crypto res_format_attr_opus res_http_websocket res_musiconhold
res_pjproject res_pjsip res_pjsip_acl res_pjsip_authenticator_digest res_pjsip_caller_id res_pjsip_diversion
res_pjsip_dlg_options res_pjsip_dtmf_info res_pjsip_endpoint_identifier_ip res_pjsip_endpoint_identifier_user
res_pjsip_header_funcs res_pjsip_logger res_pjsip_nat res_pjsip_outbound_authenticator_digest
res_pjsip_outbound_registration res_pjsip_path res_pjsip_pubsub res_pjsip_registrar res_pjsip_rfc3326
res_pjsip_sdp_rtp res_pjsip_session res_pjsip_transport_websocket
res_rtp_asterisk res_rtp_multicast res_security_log
res_sorcery_astdb res_sorcery_config res_sorcery_memory res_srtp
res_stasis res_stasis_answer res_stasis_device_state res_stasis_playback res_stasis_recording res_stasis_snoop
res_timing_timerfd res_websocket_client
"""

MODULES: Final[tuple[str, ...]] = tuple(_NAMES.split())

# What a call cannot do without; the others depend on the version or make it nicer.
_ESSENTIAL: Final = """
app_dial app_playback app_record app_stasis bridge_simple chan_pjsip codec_alaw format_wav func_timeout pbx_config
res_ari_channels res_ari_events res_http_websocket res_musiconhold res_pjsip_transport_websocket res_rtp_asterisk
res_srtp res_stasis
"""
ESSENTIAL: Final[frozenset[str]] = frozenset(_ESSENTIAL.split())
