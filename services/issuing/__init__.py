"""The development issuer: signs invented people in, so that whoever tries the product needs no provider of identities.

It has the same form as any OpenID provider (discovery, keys, code with PKCE), but asks nobody for a password. So it is
reached on loopback alone, and where an issuer is named by settings it is not there at all.
"""
