"""API tokens."""

from django.contrib.auth import authenticate
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authtoken.models import Token
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from webapp.core.errors import Forbidden


class Credentials(serializers.Serializer[dict[str, str]]):
    """E-mail address and password."""

    email = serializers.EmailField()
    password = serializers.CharField(trim_whitespace=False)


class TokenAnswer(serializers.Serializer[dict[str, str]]):
    """The token to send as ``Authorization: Token ...``."""

    token = serializers.CharField()


class TokenView(APIView):
    """Exchange address and password for an API token."""

    permission_classes = [AllowAny]
    authentication_classes = []

    @extend_schema(request=Credentials, responses=TokenAnswer, operation_id="token_create")
    def post(self, request: Request) -> Response:
        """Answer with this person's token, made on first use; wrong passwords are throttled."""
        form = Credentials(data=request.data)
        form.is_valid(raise_exception=True)
        user = authenticate(
            request._request,
            username=form.validated_data["email"].lower(),
            password=form.validated_data["password"],
        )
        if user is None:
            raise Forbidden(_("Address and password don't match."), code="wrong_password")
        token, _created = Token.objects.get_or_create(user=user)
        return Response({"token": token.key})
