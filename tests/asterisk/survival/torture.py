"""Messages after RFC 4475 ("SIP torture test messages"), written from its text for this exchange's address.

Each is named by the RFC's own tag. Valid ones may be answered in any lawful way; the invalid ones must hurt nobody.
"""

LINE = "+33199000001"


def _lines(*lines: str, body: bytes = b"") -> bytes:
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + body


def _plain(method: str = "INVITE", uri: str = "sip:{line}@127.0.0.1", **changed: str) -> bytes:
    """Return an ordinary request with some headers changed; an empty value leaves the header out."""
    name = changed.pop("name", "torture")
    body = changed.pop("body", "")
    head = {
        "Via": f"SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK{name}", "Max-Forwards": "70",
        "From": "<sip:caller@example.net>;tag=fromtag", "To": "<sip:user@example.com>", "Call-ID": f"{name}.1@127.0.0.1",
        "CSeq": f"8 {method}", "Contact": "<sip:caller@127.0.0.1:9>", "Content-Length": str(len(body)),
    } | {key.replace("_", "-"): value for key, value in changed.items()}  # fmt: skip
    start = f"{method} {uri.replace('{line}', LINE)} SIP/2.0"
    return _lines(start, *(f"{key}: {value}" for key, value in head.items() if value), body=body.encode())


SDP = "v=0\r\no=mhandley 29739 7272939 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 49217 RTP/AVP 8\r\n"

# 3.1.1: valid messages that few parsers like
WSINV = _lines(
    f"INVITE sip:{LINE}@127.0.0.1;unknownparam SIP/2.0",
    "TO :",
    " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
    'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>',
    "  ;",
    "  tag = 98asjd8",
    "MaX-fOrWaRdS: 0068",
    "Call-ID: wsinv.ndaksdj@127.0.0.1",
    "Content-Length   : 0",
    "cseq: 0009",
    "  INVITE",
    "Via  : SIP  /   2.0",
    " /UDP",
    "    127.0.0.1:9;branch=390skdjuw",
    "s :",
    "NewFangledHeader:   newfangled value",
    " continued newfangled value",
    "UnknownHeaderWithUnusualValue: ;;,,;;,;",
    "Content-Type: application/sdp",
    "Route:",
    " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
    'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam = newvalue ; secondparam ; q = 0.33',
)  # fmt: skip
INTMETH = _lines(
    "!interesting-Method0123456789_*+`.%indeed'~ sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@127.0.0.1 SIP/2.0",
    "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK-.!%66*_+`'~",
    'To: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f" <sip:1_unusual.URI~(to-be!sure)&isn\'t+it$/crazy?,/;;*@example.com>',
    "From: token1~` token2'+_ token3*%!.- <sip:mundane@example.com>;fromParam''~+*_!.-%=\"\xd1\x80\xd0\xb0\";tag=_token~1'+`*%!-.",
    "Call-ID: intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{",
    "CSeq: 139122385 !interesting-Method0123456789_*+`.%indeed'~",
    "Max-Forwards: 255",
    "extensionHeader-!.%*+_`'~: \xef\xbb\xbf\xe5\xa4\xa7\xe5\x81\x9c\xe9\x9b\xbb",
    "Content-Length: 0",
)
ESC01 = _plain(
    uri="sip:sips%3Auser%40example.com@127.0.0.1",
    name="esc01",
    To="sip:%75se%72@example.com",
    Content_Type="application/sdp",
    body=SDP,
)
ESCNULL = _plain(
    "REGISTER",
    "sip:127.0.0.1",
    name="escnull",
    To="sip:null-%00-null@example.com",
    From="sip:null-%00-null@example.com;tag=839923423",
    Contact="<sip:%00@127.0.0.1>, <sip:%00%00@127.0.0.1>",
)
ESC02 = _plain("RE%47IST%45R", "sip:127.0.0.1", name="esc02")
LWSDISP = _plain("OPTIONS", name="lwsdisp", From="caller<sip:caller@example.com>;tag=323")
LONGREQ = _plain(
    name="longreq", To=f'"I have a user name of {"extreme" * 40} proportion" <sip:user@example.com:6000;unknownparam1={"very" * 60}long>',
    From=f"sip:{'amazinglylongcallername' * 10}@example.net;tag={'982424' * 30}", Call_ID="longreq.one" + "really" * 60 + "longcallid",
    Unknown_Header="unknown-" + "unknown" * 60, Via="SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK" + "1d" * 120,
)  # fmt: skip
DBLREQ = (
    _plain("REGISTER", "sip:127.0.0.1", name="dblreq", To="sip:j.user@example.com", From="sip:j.user@example.com;tag=43251j3j324")
    + _plain(name="dblreq2", body=SDP, Content_Type="application/sdp")
)  # fmt: skip
SEMIURI = _plain("OPTIONS", "sip:user;par=u%40example.net@127.0.0.1", name="semiuri")
TRANSPORTS = _plain(
    "OPTIONS",
    name="transports",
    Via="SIP/2.0/UNKNOWN 127.0.0.1:9;branch=z9hG4bKkf, SIP/2.0/TLS t5.example.com;branch=z9hG4bK",
)
MPART01 = _plain(
    "MESSAGE", name="mpart01", Content_Type="multipart/mixed;boundary=7a9cbec02ceef655", body="--7a9cbec02ceef655\r\n\r\n\x00\x01\x02\r\n--7a9cbec02ceef655--",
)  # fmt: skip
UNREASON = _lines(
    "SIP/2.0 200 = 2**3 * 5**2 \xd0\xbd\xd0\xbe \xd1\x81\xd1\x82\xd0\xbe", "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK1324923",
    "Call-ID: unreason.1234ksdfak3j2erwedfsASdf", "CSeq: 35 INVITE", "From: sip:user@example.com;tag=11141343", "To: sip:user@example.edu;tag=2229", "Content-Length: 0",
)  # fmt: skip
NOREASON = _lines(
    "SIP/2.0 100 ", "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK2398ndaoe", "Call-ID: noreason.asndj203insdf99223ndf",
    "CSeq: 35 INVITE", "From: <sip:user@example.com>;tag=39ansfi3", "To: <sip:user@example.edu>;tag=902jndnke3", "Content-Length: 0",
)  # fmt: skip

# 3.1.2: invalid messages
BADINV01 = _plain(
    name="badinv01",
    To='"Watson, Thomas" < sip:t.watson@example.org >',
    From='"Bell, Alexander <sip:a.g.bell@example.com>;tag=43',
    Contact='"Joe" <sip:joe@127.0.0.1>;;;;',
    Via="SIP/2.0/UDP 127.0.0.15;;,;,,",
)
CLERR = _plain(name="clerr", Content_Type="application/sdp", Content_Length="9999", body=SDP)
NCL = _plain(name="ncl", Content_Type="application/sdp", Content_Length="-999", body=SDP)
SCALAR02 = _plain(
    "REGISTER",
    "sip:127.0.0.1",
    name="scalar02",
    CSeq="36893488147419103232 REGISTER",
    Max_Forwards="300",
    Expires="10000000000000000000000000000000000000000",
    Contact="<sip:user@127.0.0.1>;expires=280297596632815",
)
SCALARLG = _lines(
    "SIP/2.0 503 Service Unavailable", "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKzzxdiwo34sw;received=192.0.2.129",
    "To: <sip:user@example.com>", "From: <sip:other@example.net>;tag=2easdjfejw", "CSeq: 9292394834772304023312 OPTIONS",
    "Call-ID: scalarlg.noase0of0234hn2qofoaf0232aewf2394r", "Retry-After: 949302838503028349304023988", "Warning: 1812 overture", "Content-Length: 0",
)  # fmt: skip
QUOTBAL = _plain(name="quotbal", To='"Mr. J. User <sip:j.user@example.com>')
LTGTRURI = _plain(uri="<sip:{line}@127.0.0.1>", name="ltgtruri")
LWSRURI = _plain(uri="sip:{line}@127.0.0.1; lr", name="lwsruri")
LWSSTART = (
    _plain(name="lwsstart")
    .replace(b"INVITE sip:", b"INVITE  sip:", 1)
    .replace(b" SIP/2.0\r\n", b"  SIP/2.0\r\n", 1)
)
TRWS = _plain("OPTIONS", name="trws").replace(b" SIP/2.0\r\n", b" SIP/2.0  \r\n", 1)
ESCRURI = _plain(uri="sip:user@127.0.0.1?Route=%3Csip:example.com%3E", name="escruri")
BADDATE = _plain(name="baddate", Date="Fri, 01 Jan 2010 16:00:00 EST")
REGBADCT = _plain(
    "REGISTER",
    "sip:127.0.0.1",
    name="regbadct",
    Contact="sip:user@example.com?Route=%3Csip:sip.example.com%3E",
)
BADASPEC = _plain("OPTIONS", name="badaspec", To='"Watson, Thomas" < sip:t.watson@example.org >')
BADDN = _plain("OPTIONS", name="baddn", From="Bell, Alexander <sip:a.g.bell@example.com>;tag=43")
BADVERS = _plain("OPTIONS", name="badvers").replace(b" SIP/2.0\r\n", b" SIP/7.0\r\n", 1)
MISMATCH01 = _plain("OPTIONS", name="mismatch01", CSeq="8 INVITE")
MISMATCH02 = _plain("NEWMETHOD", name="mismatch02", CSeq="8 INVITE", Content_Type="application/sdp", body=SDP)
BIGCODE = _lines(
    "SIP/2.0 4294967301 better not break the receiver", "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK29", "Call-ID: bigcode.asdof3uj203asdnf3429uasdhfas3ehjasdfas9i",
    "CSeq: 353494 INVITE", "From: <sip:user@example.com>;tag=39ansfi3", "To: <sip:user@example.edu>;tag=902jndnke3", "Content-Length: 0",
)  # fmt: skip

# 3.2 and 3.3: transactions and applications
BADBRANCH = _plain("OPTIONS", name="badbranch", Via="SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bK")
INSUF = _lines(
    f"INVITE sip:{LINE}@127.0.0.1 SIP/2.0",
    "CSeq: 193942 INVITE",
    "Via: SIP/2.0/UDP 127.0.0.1:9;branch=z9hG4bKkdj.insuf",
    "Content-Length: 0",
)
UNKSCM = _plain("OPTIONS", "nobodyKnowsThisScheme:totallyopaquecontent", name="unkscm")
NOVELSC = _plain("OPTIONS", "soap.beep://192.0.2.103:3002", name="novelsc")
UNKSM2 = _plain(
    "REGISTER",
    "sip:127.0.0.1",
    name="unksm2",
    To="isbn:2983792873",
    From="<http://www.example.com>;tag=3234233",
    Contact="<name:John_Smith>",
)
BEXT01 = _plain(
    "OPTIONS",
    name="bext01",
    Require="nothingSupportsThis, nothingSupportsThisEither",
    Proxy_Require="noProxiesSupportThis",
)
INVUT = _plain(
    name="invut", Content_Type="application/unknownformat", body='<audio> <pcmu port="443"/> </audio>'
)
REGAUT01 = _plain(
    "REGISTER", "sip:127.0.0.1", name="regaut01", Authorization="NoOneKnowsThisScheme opaque-data=here"
)
MULTI01 = _plain(name="multi01", Content_Type="application/sdp", body=SDP).replace(
    b"Call-ID:",
    b"CSeq: 59 INVITE\r\nCall-ID: other\r\nTo: <sip:x@y>\r\nFrom: <sip:z@y>;tag=3\r\nMax-Forwards: 5\r\nCall-ID:",
    1,
)
MCL01 = _plain("OPTIONS", name="mcl01", Content_Length="13").replace(
    b"Content-Length", b"Content-Length: 5\r\nContent-Length", 1
)
BCAST = _lines(
    "SIP/2.0 200 OK", "Via: SIP/2.0/UDP 192.0.2.198;branch=z9hG4bK1324923", "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23",
    "Call-ID: bcast.0384840201234ksdfak3j2erwedfsASdf", "CSeq: 35 INVITE", "From: sip:user@example.com;tag=11141343", "To: sip:user@example.edu;tag=2229", "Content-Length: 0",
)  # fmt: skip
ZEROMF = _plain("OPTIONS", name="zeromf", Max_Forwards="0")
CPARAM01 = _plain(
    "REGISTER", "sip:127.0.0.1", name="cparam01", Contact="sip:+19725552222@127.0.0.1;unknownparam"
)
REGESCRT = _plain(
    "REGISTER",
    "sip:127.0.0.1",
    name="regescrt",
    Contact="<sip:user@example.com?Route=%3Csip:sip.example.com%3E>",
)
SDP01 = _plain(name="sdp01", Content_Type="application/sdp", Accept="text/nobodyKnowsThis", body=SDP)
INV2543 = _lines(
    f"INVITE sip:{LINE}@127.0.0.1 SIP/2.0", "Via: SIP/2.0/UDP 127.0.0.1:9", "From: <sip:caller@example.net>", f"To: <sip:{LINE}@127.0.0.1>",
    "Call-ID: inv2543.1717@127.0.0.1", "CSeq: 56 INVITE", "Content-Type: application/sdp", "", body=SDP.encode(),
)  # fmt: skip
HUGE = b"OPTIONS sip:127.0.0.1 SIP/2.0\r\n" + b"X: y\r\n" * 9000

MESSAGES: dict[str, bytes] = {
    name.lower(): value
    for name, value in list(globals().items())
    if name.isupper() and isinstance(value, bytes)
}
