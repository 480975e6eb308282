"""Logs of lines: text, tables and JSON."""

import base64
import struct

from .parts import host, part, second

ZEEK_HEAD = (
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tquery\tqtype_name\trcode_name\tanswers\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tstring\tstring\tvector[string]\n"
)


def zeek(number):
    return (
        f"17287142{number % 100:02}.{number % 1000000:06}\tC{part(number, 17)}\t10.0.0.2\t{4000 + number % 60000}"
        f"\t10.0.0.1\t53\tudp\t{host(number)}\tA\tNOERROR\t{part(number, 8)}.example.com,192.0.2.1\n"
    )


def zeek_json(number):
    return (
        f'{{"_path":"dns","ts":17287142{number % 100:02}.{number % 1000000:06},"uid":"C{part(number, 17)}","id.orig_h":"10.0.0.2",'
        f'"id.orig_p":{4000 + number % 60000},"id.resp_h":"10.0.0.1","id.resp_p":53,"proto":"udp","query":"{host(number)}",'
        f'"qtype_name":"A","rcode_name":"NOERROR","answers":["{part(number, 8)}.example.com","192.0.2.1"]}}\n'
    )


def app_privacy(number):
    return (
        f'{{"domain":"{host(number)}","firstTimeStamp":"2024-10-12T{second(number)}.092+02:00","context":"",'
        '"timeStamp":"2024-10-18T08:42:46.449+02:00","domainType":1,"initiatedType":"AppInitiated",'
        f'"hits":{number % 50 + 1},"type":"networkActivity","domainOwner":"","bundleID":"com.example.{part(number, 6)}"}}\n'
    )


PCAPDROID_HEAD = (
    "IPProto,SrcIP,SrcPort,DstIp,DstPort,UID,App,PackageName,Proto,Status,Info,BytesSent,BytesRcvd,PktsSent,PktsRcvd,"
    "FirstSeen,LastSeen\n"
)


def pcapdroid(number):
    at = f"2024-11-02T{second(number)}.{number % 1000:03}+02:00"
    return (
        f"6,10.215.173.1,{1024 + number % 60000},192.0.2.7,443,10123,Tap,com.example.{part(number, 6)},TLS,Closed,"
        f"{host(number)},{number % 9999},5678,9,{number % 11},{at},{at}\n"
    )


TRACKERCONTROL_HEAD = '"uid","daddr","time","uncertain","Tracker","Category","Package","App"\r\n'


def trackercontrol(number):
    return (
        f'"{10000 + number % 500}","{host(number)}","{1728714293000 + number}","{number % 4}","{part(number, 8)}","Analytics",'
        f'"com.example.{part(number, 6)}","Tap, ""Tap"""\r\n'
    )


def pihole(number):
    at = f"Oct 12 {second(number)} dnsmasq[812]:"
    name = f"{part(number, 8)}.{host(number)}"
    return f"{at} query[A] {name} from 10.0.0.2\n{at} forwarded {name} to 192.0.2.53\n{at} reply {name} is 192.0.2.7\n"


def adguard(number):
    label = part(number, 8).encode()
    question = b"\x08" + label + b"\x07example\x00\x00\x01\x00\x01"
    message = struct.pack(">6H", number & 0xFFFF, 0x8180, 1, 1, 0, 0) + question
    message += b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc0\x00\x02\x07"
    return (
        f'{{"T":"2023-05-01T{second(number)}.{number % 1000:03}456789+02:00","QH":"{label.decode()}.example","QT":"A","QC":"IN",'
        f'"CP":"doh","Answer":"{base64.b64encode(message).decode()}","IP":"192.0.2.9","CID":"phone","Result":{{}},"Elapsed":837429}}\n'
    )


NEXTDNS_HEAD = (
    "timestamp,domain,query_type,dnssec,protocol,client_ip,status,reasons,destination_country,root_domain,device_id,"
    "device_name,device_model,device_local_ip,matched_name,client_name\n"
)


def nextdns(number):
    blocked = 'blocked,"blocklist:oisd,blocklist:x"' if number % 5 == 0 else ","
    return (
        f"2024-01-02T{second(number)}.{number % 1000:03}Z,{part(number, 8)}.{host(number)},A,false,DNS-over-HTTPS,192.0.2.9,"
        f'{blocked},US,example.com,ABCDE,"Anna\'s ""new"" phone, blue",,,,\n'
    )


MAPPING = """affiant-mapping = 1
name = "bench"
kind = "request"
format = "{0}"
time_format = "milliseconds"
reach = "sent"

[match]
columns = ["at", "url"]

[columns]
time = "at"
url = "url"
app = "app"
body = "body"
"""


def table_csv(number):
    return f'{1728714293000 + number},https://{host(number)}/c?n={number},app.{part(number, 6)},"id={part(number, 36)}&q=""{part(number, 90)}"""\n'


def table_ndjson(number):
    return (
        f'{{"at":{1728714293000 + number},"url":"https://{host(number)}/c?n={number}","app":"app.{part(number, 6)}",'
        f'"body":"id={part(number, 36)}&q={part(number, 90)}"}}\n'
    )


FORMATS = {
    "zeek": (ZEEK_HEAD, zeek, "", ""),
    "zeek-json": ("", zeek_json, "", ""),
    "app-privacy": ("", app_privacy, "", ""),
    "pcapdroid-csv": (PCAPDROID_HEAD, pcapdroid, "", ""),
    "trackercontrol": (TRACKERCONTROL_HEAD, trackercontrol, "", ""),
    "pihole": ("", pihole, "", ""),
    "adguard": ("", adguard, "", ""),
    "nextdns": (NEXTDNS_HEAD, nextdns, "", ""),
    "table-csv": ("at,url,app,body\n", table_csv, "", ""),
    "table-csv-mapping": (MAPPING.format("csv"), None, "", ""),
    "table-ndjson": ("", table_ndjson, "", ""),
    "table-ndjson-mapping": (MAPPING.format("ndjson"), None, "", ""),
}
