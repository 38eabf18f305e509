"""Query components, and how they may stand in a log: the tests of the service and of nginx share them."""

QUERIES = {
    "": "",
    "a=b": "a=b",
    "t=5&x": "t=5&x",
    "token=abc": "token=REDACTED",
    "TOKEN=abc": "TOKEN=REDACTED",
    "a=1&access_token=abc&b=2": "a=1&access_token=REDACTED",
    "X-Amz-Date=1&X-Amz-Signature=abc": "X-Amz-Date=1&X-Amz-Signature=REDACTED",
    "a=1&sig=abc": "a=1&sig=REDACTED",
    "api_key=abc": "api_key=REDACTED",
    "AWSAccessKeyId=abc": "AWSAccessKeyId=REDACTED",
    "design=abc": "design=abc",
    "tokens=abc": "tokens=abc",
    "a=token": "a=token",
    "code=1?token=2": "code=REDACTED",
}
