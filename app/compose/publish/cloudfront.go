package publish

import (
	"strings"

	"github.com/sealane/sealane/app/compose"
)

// maxStack is how long the name of a stack can be (AWS CloudFormation API Reference,
// "CreateStack").
const maxStack = 128

// cloudFront writes a stack for each host and the commands that fill it: a private
// bucket, a distribution that alone may read it, and the certificate, which waits for
// a DNS record that the stack's events name. CloudFront takes certificates of
// us-east-1 only. Nothing is cached, so that a new policy counts at once (AWS
// CloudFormation Template Reference, "AWS::CloudFront::Distribution",
// "AWS::CertificateManager::Certificate"; Amazon CloudFront Developer Guide, "Restrict
// access to an Amazon S3 origin", "Use managed cache policies").
func cloudFront(files []compose.PolicyFile) []File {
	var all []File
	var commands strings.Builder
	for _, f := range files {
		host := f.Host.String()
		name := strings.TrimRight(dashed(f.Host)[:min(len(host), maxStack)], "-")
		commands.WriteString(strings.NewReplacer("{stack}", name, "{host}", host).Replace(stackCommands))
		all = append(all, policyFile(host, f), File{host + "/template.json", JSON, strings.ReplaceAll(stackTemplate, "{host}", host)})
	}
	return append(all, File{"", Shell, commands.String()})
}

const stackCommands = `aws cloudformation deploy --region us-east-1 --stack-name {stack} --template-file {host}/template.json
bucket=$(aws cloudformation describe-stacks --region us-east-1 --stack-name {stack} --query "Stacks[0].Outputs[?OutputKey=='Bucket'].OutputValue" --output text)
aws s3 cp {host}` + compose.PolicyPath + ` "s3://$bucket` + compose.PolicyPath + `" --content-type text/plain
`

// stackTemplate is a template. The name of an access control must be no other's in the
// account, so it is the unique part of the stack's ID; the cache policy is AWS's own
// "CachingDisabled".
const stackTemplate = `{
  "AWSTemplateFormatVersion": "2010-09-09",
  "Resources": {
    "Bucket": { "Type": "AWS::S3::Bucket" },
    "Certificate": {
      "Type": "AWS::CertificateManager::Certificate",
      "Properties": {
        "DomainName": "{host}",
        "ValidationMethod": "DNS"
      }
    },
    "Access": {
      "Type": "AWS::CloudFront::OriginAccessControl",
      "Properties": {
        "OriginAccessControlConfig": {
          "Name": { "Fn::Select": [2, { "Fn::Split": ["/", { "Ref": "AWS::StackId" }] }] },
          "OriginAccessControlOriginType": "s3",
          "SigningBehavior": "always",
          "SigningProtocol": "sigv4"
        }
      }
    },
    "Distribution": {
      "Type": "AWS::CloudFront::Distribution",
      "Properties": {
        "DistributionConfig": {
          "Enabled": true,
          "IPV6Enabled": true,
          "HttpVersion": "http2",
          "Aliases": ["{host}"],
          "ViewerCertificate": {
            "AcmCertificateArn": { "Ref": "Certificate" },
            "SslSupportMethod": "sni-only",
            "MinimumProtocolVersion": "TLSv1.2_2021"
          },
          "Origins": [
            {
              "Id": "bucket",
              "DomainName": { "Fn::GetAtt": ["Bucket", "RegionalDomainName"] },
              "S3OriginConfig": { "OriginAccessIdentity": "" },
              "OriginAccessControlId": { "Fn::GetAtt": ["Access", "Id"] }
            }
          ],
          "DefaultCacheBehavior": {
            "TargetOriginId": "bucket",
            "ViewerProtocolPolicy": "https-only",
            "CachePolicyId": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
          }
        }
      }
    },
    "Reading": {
      "Type": "AWS::S3::BucketPolicy",
      "Properties": {
        "Bucket": { "Ref": "Bucket" },
        "PolicyDocument": {
          "Version": "2012-10-17",
          "Statement": [
            {
              "Effect": "Allow",
              "Principal": { "Service": "cloudfront.amazonaws.com" },
              "Action": "s3:GetObject",
              "Resource": { "Fn::Sub": "${Bucket.Arn}/*" },
              "Condition": {
                "StringEquals": {
                  "AWS:SourceArn": { "Fn::Sub": "arn:aws:cloudfront::${AWS::AccountId}:distribution/${Distribution}" }
                }
              }
            }
          ]
        }
      }
    }
  },
  "Outputs": {
    "Bucket": { "Value": { "Ref": "Bucket" } },
    "CNAME": { "Value": { "Fn::GetAtt": ["Distribution", "DomainName"] } }
  }
}
`
